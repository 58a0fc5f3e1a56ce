import { GgufError } from '../../errors.js';
import { decodeText } from '../../gguf/text.js';
import { MAX_IMATRIX_ENTRIES, MAX_IMATRIX_VALUES, MAX_NAME_BYTES, MAX_TENSOR_NAME_BYTES } from '../../limits.js';
import type { Source } from '../../sources/source.js';
import { type DatCursor, datCursor } from './dat-cursor.js';
import { imatrixFault } from './fault.js';
import type { Imatrix, ImatrixEntry } from './imatrix.js';

// The old format, in little-endian:
//
//   i32 entries | entry … | i32 pieces of text | i32 length | name of the text     (the last three may be missing)
//   an entry:  i32 length | tensor name | i32 calls | i32 values | f32 value …     (a value is the mean × calls)
//
// Source: llama.cpp 0.7.0, common/imatrix-loader.cpp and tools/imatrix/imatrix.cpp.

/** Reads an importance matrix in the old format. Walks over the values without loading them. */
export async function readDatImatrix(source: Source, signal?: AbortSignal): Promise<Imatrix> {
  const cursor = datCursor(source, signal);
  const count = await cursor.i32('the number of entries');
  if (count < 1 || count > MAX_IMATRIX_ENTRIES) {
    throw imatrixFault(source, 0, 'it is neither GGUF nor in the older format, which starts with a number of entries');
  }
  const entries = new Map<string, ImatrixEntry>();
  for (let i = 0; i < count; i += 1) {
    const entry = await readEntry(source, cursor, i);
    // Of two entries for one tensor llama-quantize takes the later.
    entries.set(entry.name, entry);
  }
  const { chunkCount, datasets } = await readTrailer(source, cursor);
  return { uri: source.uri, format: 'dat', datasets, chunkCount, chunkSize: undefined, entries };
}

/** Bytes from the start of a file that tell whether it is in the old format. */
export const DAT_HEAD_BYTES = 8 + MAX_TENSOR_NAME_BYTES;

/** Whether a file that begins so may be in the old format: a number of entries, then the name of a tensor. */
export function looksLikeDat(head: Uint8Array): boolean {
  if (head.byteLength < 9) return false;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const [count, length] = [view.getInt32(0, true), view.getInt32(4, true)];
  const isPlausible = count >= 1 && count <= MAX_IMATRIX_ENTRIES && length >= 1 && length <= MAX_TENSOR_NAME_BYTES;
  return isPlausible && /^[!-~]+$/.test(Buffer.from(head.subarray(8, 8 + length)).toString('latin1'));
}

async function readEntry(source: Source, cursor: DatCursor, index: number): Promise<ImatrixEntry> {
  const what = `entry ${index}`;
  const at = cursor.offset;
  const length = await cursor.i32(what);
  if (length < 1 || length > MAX_TENSOR_NAME_BYTES) {
    const expected = `expected 1 to ${MAX_TENSOR_NAME_BYTES}`;
    throw imatrixFault(source, at, `the name of ${what} at offset ${at} has ${length} bytes, ${expected}`);
  }
  const name = untilNul(await cursor.bytes(length, what));
  const calls = await cursor.i32(what);
  const valuesAt = cursor.offset;
  const values = await cursor.i32(what);
  if (values < 1)
    throw imatrixFault(source, valuesAt, `${what} at offset ${at} has ${values} values, expected 1 or more`);
  if (values > MAX_IMATRIX_VALUES) throw overLimit(valuesAt, `values of ${what}`, values, MAX_IMATRIX_VALUES);
  const sums = { offset: cursor.offset, length: values * Float32Array.BYTES_PER_ELEMENT };
  cursor.skip(sums.length, what);
  return { name, columns: values, matrices: 1, sums, counts: { kind: 'calls', calls } };
}

/** What of the end of the file is there; whatever is missing is no fault. */
async function readTrailer(
  source: Source,
  cursor: DatCursor,
): Promise<{ readonly chunkCount: number | undefined; readonly datasets: readonly string[] }> {
  const chunkCount = cursor.left >= 4 ? await cursor.i32('the number of pieces') : undefined;
  if (cursor.left < 4) return { chunkCount, datasets: [] };
  const at = cursor.offset;
  const length = await cursor.i32('the length of the name of the text');
  if (length < 1 || length > cursor.left) return { chunkCount, datasets: [] };
  if (length > MAX_NAME_BYTES)
    throw overLimit(at, `length of the name of the text in ${source.uri}`, length, MAX_NAME_BYTES);
  return { chunkCount, datasets: [untilNul(await cursor.bytes(length, 'the name of the text'))] };
}

/** C reads names up to the first NUL. */
function untilNul(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return decodeText(end < 0 ? bytes : bytes.subarray(0, end));
}

function overLimit(at: number, what: string, value: number, limit: number): GgufError {
  return new GgufError('over-limit', `the ${what} at offset ${at} are ${value}, more than ${limit}`, {
    at,
    what,
    value: `${value}`,
    limit,
  });
}
