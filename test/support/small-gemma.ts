import { demoMetadata } from '../../fixtures/generator/demo/metadata.js';
import { demoTensors } from '../../fixtures/generator/demo/tensors.js';
import { gguf } from './gguf-builder.js';

/**
 * A part of the demo model: its keys and its embeddings, with both documented defects (`shared_kv_layers` as a float, the
 * per-layer table as Q4_K) and a name, so that files differ. The table is as narrow as for one layer: 64 KB.
 */
export function smallGemma(name: string): Uint8Array {
  const named = gguf().metadata('general.name', { type: 'string', value: name });
  const withKeys = KEYS.reduce((file, [key, value]) => file.metadata(key, value), named);
  const whole = TENSORS.reduce((file, { name: tensor, type, dims: [width = 0, rows = 0], bytes }) => {
    const kept = tensor === TABLE ? PER_LAYER : width;
    return file.tensor(tensor, type, [kept, rows], { bytes: bytes.subarray(0, (bytes.length / width) * kept) });
  }, withKeys);
  return whole.bytes();
}

const TABLE = 'per_layer_token_embd.weight';
const PER_LAYER = 256;

// Drawing random weights takes a quarter of a second.
const KEYS = demoMetadata(0).filter(([key]) => key !== 'general.name');
const TENSORS = demoTensors().filter(({ name }) => name === TABLE || name === 'token_embd.weight');
