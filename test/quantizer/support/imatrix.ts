import type { GgufBuilder } from '../../support/gguf-builder.js';
import { gguf } from '../../support/gguf-builder.js';

/** The data of one tensor: a row of sums for each count. */
export interface TestEntry {
  readonly sums: readonly (readonly number[])[];
  readonly counts: readonly number[];
}

/** F32 values as they stand in a file. */
export function f32(values: readonly number[]): Uint8Array {
  return new Uint8Array(Float32Array.from(values).buffer);
}

/** An imatrix file as llama-imatrix writes it, without what nobody reads. */
export function ggufImatrix(entries: Readonly<Record<string, TestEntry>>): GgufBuilder {
  const start = gguf()
    .metadata('general.type', { type: 'string', value: 'imatrix' })
    .metadata('imatrix.datasets', { type: 'array', itemType: 'string', items: ['text.txt'] })
    .metadata('imatrix.chunk_count', { type: 'uint32', value: 10 })
    .metadata('imatrix.chunk_size', { type: 'uint32', value: 512 });
  return Object.entries(entries).reduce((file, [name, { sums, counts }]) => {
    const dims = [sums[0]?.length ?? 0, sums.length];
    return file
      .tensor(`${name}.in_sum2`, 'F32', dims, { bytes: f32(sums.flat()) })
      .tensor(`${name}.counts`, 'F32', [1, counts.length], { bytes: f32(counts) });
  }, start);
}

/** An entry of a file in the old format. */
export interface DatEntry {
  readonly name: string;
  readonly calls: number;
  readonly values: readonly number[];
}

/** An imatrix file in the old format; `text` is left out where absent. */
export function datImatrix(entries: readonly DatEntry[], text?: { chunks: number; name: string }): Buffer {
  const parts = entries.flatMap(({ name, calls, values }) => [
    i32(Buffer.byteLength(name)),
    Buffer.from(name),
    i32(calls),
    i32(values.length),
    f32(values),
  ]);
  const trailer =
    text === undefined ? [] : [i32(text.chunks), i32(Buffer.byteLength(text.name)), Buffer.from(text.name)];
  return Buffer.concat([i32(entries.length), ...parts, ...trailer]);
}

/** A number as the old format holds it. */
export function i32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}
