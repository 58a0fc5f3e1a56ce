import type { Extent } from '../../gguf/model.js';
import type { Source } from '../../sources/source.js';
import { readDatImatrix } from './read-dat.js';
import { readGgufImatrix } from './read-gguf.js';

/** An importance matrix: for the columns of a model's tensors, how large their inputs are in real use. */
export interface Imatrix {
  /** The source that it was read from, for messages. */
  readonly uri: string;
  /** `dat` is the format of llama.cpp before July 2025. */
  readonly format: 'gguf' | 'dat';
  /** The texts that it was made from, as the file names them. */
  readonly datasets: readonly string[];
  /** Pieces of text that it was made from, as the file counts them; a .dat may not say. */
  readonly chunkCount: number | undefined;
  /** Tokens of a piece; a .dat never says. */
  readonly chunkSize: number | undefined;
  /** By the name of the model's tensor, in file order. */
  readonly entries: ReadonlyMap<string, ImatrixEntry>;
}

/** What an importance matrix holds of one tensor. The values stay in the file until they are read. */
export interface ImatrixEntry {
  /** Name of the model's tensor: `blk.0.attn_k.weight`. */
  readonly name: string;
  /** Values of a matrix: the tensor's row length, ne0. */
  readonly columns: number;
  /**
   * Matrices that are counted on their own: the experts of a layer, else 1. A .dat does not tell them apart: all
   * values are columns of one.
   */
  readonly matrices: number;
  /** Where columns × matrices F32 lie: sums of squared inputs, matrix after matrix; in a .dat their means × `calls`. */
  readonly sums: Extent;
  /** What the sums are divided by: where an F32 a matrix lies (tokens), or the one number of a .dat (pieces). */
  readonly counts:
    | { readonly kind: 'tokens'; readonly at: Extent }
    | { readonly kind: 'calls'; readonly calls: number };
}

/**
 * Reads what an importance matrix holds, both formats, without its values. Demands what llama-quantize 0.7.0 demands
 * of it and rejects with `header-unreadable`, `truncated` or `over-limit`.
 */
export async function readImatrix(source: Source, signal?: AbortSignal): Promise<Imatrix> {
  const magic = await source.read(0, Math.min(4, source.size), signal);
  const isGguf = Buffer.from(magic).toString('latin1') === 'GGUF';
  return isGguf ? await readGgufImatrix(source, signal) : await readDatImatrix(source, signal);
}

/**
 * The weights of a tensor's columns as llama-quantize uses them, columns × matrices of them, matrix after matrix: the
 * mean square of the input. A matrix that no token reached has 1 everywhere (in a .dat without calls: the values as
 * they are).
 */
export async function readImportance(
  source: Source,
  entry: ImatrixEntry,
  signal?: AbortSignal,
): Promise<Float32Array<ArrayBuffer>> {
  const values = await readFloats(source, entry.sums, signal);
  const counts = await readCounts(source, entry, signal);
  for (const [matrix, count] of counts.entries()) {
    const start = matrix * entry.columns;
    const end = start + entry.columns;
    if (count > 0) for (let i = start; i < end; i += 1) values[i] = (values[i] ?? Number.NaN) / count;
    else if (entry.counts.kind === 'tokens') values.fill(1, start, end);
  }
  return values;
}

/** How many tokens each matrix of a tensor has seen (in a .dat: pieces of text). A count that is no number is 0. */
export async function readCounts(
  source: Source,
  { counts }: ImatrixEntry,
  signal?: AbortSignal,
): Promise<Float32Array<ArrayBuffer>> {
  if (counts.kind === 'calls') return Float32Array.of(counts.calls);
  // llama-quantize rounds them; a whole number that is stored as F32 stays what it is.
  return (await readFloats(source, counts.at, signal)).map((count) => (Number.isFinite(count) ? Math.round(count) : 0));
}

async function readFloats(source: Source, { offset, length }: Extent, signal?: AbortSignal) {
  const floats = new Float32Array(length / Float32Array.BYTES_PER_ELEMENT);
  await source.readInto(new Uint8Array(floats.buffer), offset, signal);
  return floats;
}
