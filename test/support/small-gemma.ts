import { demoMetadata } from '../../fixtures/generator/demo/metadata.js';
import { demoTensors } from '../../fixtures/generator/demo/tensors.js';
import { gguf } from './gguf-builder.js';

/**
 * A part of the demo model: its keys and its embeddings, with both documented defects (`shared_kv_layers` as a float, the
 * per-layer table as Q4_K) and a name, so that files differ. The table is as narrow as for one layer: 64 KB.
 */
export function smallGemma(name: string): Uint8Array {
  const keys = demoMetadata(0).filter(([key]) => key !== 'general.name');
  const withKeys = keys.reduce((file, [key, value]) => file.metadata(key, value), gguf());
  const named = withKeys.metadata('general.name', { type: 'string', value: name });
  const whole = demoTensors()
    .filter((tensor) => KEPT.includes(tensor.name))
    .reduce((file, { name: tensor, type, dims: [width = 0, rows = 0], bytes }) => {
      const kept = tensor === TABLE ? PER_LAYER : width;
      return file.tensor(tensor, type, [kept, rows], { bytes: bytes.subarray(0, (bytes.length / width) * kept) });
    }, named);
  return whole.bytes();
}

const TABLE = 'per_layer_token_embd.weight';
const KEPT: readonly string[] = ['token_embd.weight', TABLE];
const PER_LAYER = 256;
