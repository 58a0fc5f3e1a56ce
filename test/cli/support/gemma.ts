import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { TensorTypeName } from '../../../src/gguf/tensor-types.js';
import { type GgufBuilder, gguf } from '../../support/gguf-builder.js';
import { patternBytes } from '../../support/models.js';

/** The table that the second of Gemma 3n's rules is about. */
export const EMBEDDING = 'per_layer_token_embd.weight';

/** Weights of a row of the table, and its rows. */
export const EMBEDDING_SHAPE = [256, 4] as const;

/** What a broken Gemma 3n may differ in from one with the first defect only. */
export interface GemmaOptions {
  /** The key's value; 10 as float32 is the first defect. */
  readonly sharedLayers?: { readonly type: 'float32' | 'uint32' | 'float64'; readonly value: number };
  /** The table's type; Q4_K is the second defect. */
  readonly embedding?: TensorTypeName;
  /** The table's data; where absent, weights that differ (zeros for types other than F32, F16, BF16). */
  readonly bytes?: Uint8Array;
  readonly shape?: readonly [number, number];
}

/** A small Gemma 3n: what both rules look at, and a tensor on either side of the table. */
export function gemma(options: GemmaOptions = {}): GgufBuilder {
  const { sharedLayers = { type: 'float32', value: 10 }, embedding = 'F16', shape = EMBEDDING_SHAPE } = options;
  const bytes = options.bytes ?? weightBytes(embedding, shape[0] * shape[1]);
  return gguf()
    .metadata('general.architecture', { type: 'string', value: 'gemma3n' })
    .metadata('general.name', { type: 'string', value: 'Small' })
    .metadata('gemma3n.block_count', { type: 'uint32', value: 30 })
    .metadata('gemma3n.attention.shared_kv_layers', sharedLayers)
    .metadata('general.quantization_version', { type: 'uint32', value: 2 })
    .tensor('blk.0.weight', 'I8', [100], { bytes: patternBytes(100, 1) })
    .tensor(EMBEDDING, embedding, shape, bytes === undefined ? {} : { bytes })
    .tensor('blk.1.weight', 'I8', [300], { bytes: patternBytes(300, 2) });
}

/** Weights between -2 and 2 that are the same in F32, F16 and BF16. */
export function weights(count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => ((i * 37) % 255) / 64 - 2);
}

/** Those weights as the bytes of an unquantized type. */
function weightBytes(type: TensorTypeName, count: number): Uint8Array | undefined {
  const values = weights(count);
  if (type === 'F32') return new Uint8Array(values.buffer);
  if (type === 'BF16') return halves(values, (bits) => bits >>> 16);
  // Every weight is 0 or a normal number of F16 with ten bits of fraction at most.
  return type === 'F16' ? halves(values, f16Bits) : undefined;
}

function halves(values: Float32Array, convert: (bits: number) => number): Uint8Array {
  const bits = new Uint32Array(values.buffer);
  return new Uint8Array(Uint16Array.from(bits, convert).buffer);
}

function f16Bits(bits: number): number {
  const magnitude = bits & 0x7fffffff;
  return ((bits >>> 16) & 0x8000) | (magnitude === 0 ? 0 : (magnitude - 0x38000000) >>> 13);
}

/** Everything in a file's folder: names, sizes, times and bytes. Equal before and after where nothing was written. */
export function snapshotOf(file: string): unknown {
  const folder = path.dirname(file);
  return readdirSync(folder)
    .sort()
    .map((name) => {
      const stats = statSync(path.join(folder, name), { bigint: true });
      const bytes = stats.isFile() ? readFileSync(path.join(folder, name)).toString('latin1') : '';
      return { name, inode: stats.ino, mode: stats.mode, modified: stats.mtimeNs, bytes };
    });
}
