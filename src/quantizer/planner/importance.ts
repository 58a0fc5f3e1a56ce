import { GgufError } from '../../errors.js';
import type { TensorInfo } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { type FileSource, openFile } from '../../sources/file.js';
import { expectedValues } from '../imatrix/expected-values.js';
import { type Imatrix, type ImatrixEntry, readImatrix, readImportance } from '../imatrix/imatrix.js';
import { isEmbedding } from '../imatrix/requires-imatrix.js';

/** An importance matrix whose values are read as they are needed. */
export interface OpenImatrix extends AsyncDisposable {
  readonly source: FileSource;
  /** Whether it knows the tensor. Throws `bad-value` where it knows one of another size, unless that is an embedding. */
  has(tensor: TensorInfo): boolean;
  /** Weights of the tensor's columns, matrix after matrix; `undefined` for a tensor that it does not know. */
  importance(tensor: TensorInfo): Promise<Float32Array | undefined>;
}

/** Opens one. Rejects as `readImatrix`. */
export async function openImatrix(file: string, signal?: AbortSignal): Promise<OpenImatrix> {
  const source = await openFile(file);
  const imatrix = await readImatrix(source, signal).catch(async (error: unknown) => {
    await source[Symbol.asyncDispose]();
    throw error;
  });
  return {
    source,
    has: (tensor) => entryOf(imatrix, tensor) !== undefined,
    async importance(tensor) {
      const entry = entryOf(imatrix, tensor);
      if (entry === undefined) return undefined;
      const values = await readImportance(source, entry, signal);
      const at = values.findIndex((value) => !Number.isFinite(value) || value < 0);
      if (at < 0) return values;
      throw wrong(imatrix, tensor, `${values[at]} at ${at}`, 'finite weights');
    },
    [Symbol.asyncDispose]: () => source[Symbol.asyncDispose](),
  };
}

function entryOf(imatrix: Imatrix, tensor: TensorInfo): ImatrixEntry | undefined {
  const entry = imatrix.entries.get(tensor.name);
  const expected = expectedValues(tensor);
  if (entry === undefined || entry.columns * entry.matrices === expected) return entry;
  // llama-quantize makes an embedding as if there were none.
  if (isEmbedding(tensor.name)) return undefined;
  throw wrong(imatrix, tensor, `${entry.columns * entry.matrices} values`, `${expected}`);
}

function wrong({ uri }: Imatrix, { name }: TensorInfo, found: string, expected: string): GgufError {
  const what = `${uri}: the importance of ${quoted(name)}`;
  return new GgufError('bad-value', `${what} has ${found}, expected ${expected}`, { what, found, expected });
}
