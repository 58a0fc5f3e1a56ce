import type { MetadataEntry } from './model.js';
import { decodeText } from './text.js';
import { type ItemTypeName, type ScalarTypeName, VALUE_TYPES } from './value-types.js';

/** A decoded value that is no array. 64-bit integers are bigints, all other numbers numbers. */
export type Scalar = number | bigint | boolean | string;

/** The value of an entry that is no array. */
export function scalarValue(entry: MetadataEntry): Scalar {
  const view = viewOf(entry);
  if (entry.type === 'string') return decodeText(stringBytes(entry, 0));
  if (entry.type === 'array') throw new TypeError(`'${entry.key}' is an array`);
  return readScalar(view, 0, entry.type);
}

/** The first `length` characters of a string entry, or all of them: a text may have 100 MB. */
export function textStart(entry: MetadataEntry, length: number): string {
  // A character that is cut in two is behind the ones that are asked for: none has more than 4 bytes.
  return decodeText(stringBytes(entry, 0).subarray(0, 4 * length + 4)).slice(0, length);
}

/** The bytes of a string entry, without its length. Exact, also where they are no UTF-8. */
export function stringBytes(entry: MetadataEntry, at: number): Uint8Array {
  const length = Number(viewOf(entry).getBigUint64(at, true));
  const start = entry.valueAt + at + 8;
  return entry.raw.subarray(start, start + length);
}

/** The value's bytes as they stand in the file: a scalar, a string with its length, an array's elements. */
export function valueBytes(entry: MetadataEntry): Uint8Array {
  return entry.raw.subarray(entry.valueAt);
}

/** The elements of an array entry, one by one: a vocabulary never becomes 262,144 strings unless asked for. */
export function* arrayItems(entry: MetadataEntry): Generator<Scalar, void, void> {
  const { itemType, count = 0 } = entry;
  if (itemType === undefined) return;
  const view = viewOf(entry);
  let at = 0;
  for (let i = 0; i < count; i += 1) {
    if (itemType === 'string') {
      const bytes = stringBytes(entry, at);
      yield decodeText(bytes);
      at += 8 + bytes.byteLength;
    } else {
      yield readScalar(view, at, itemType);
      at += VALUE_TYPES[itemType].bytes;
    }
  }
}

/** Visits the strings of an array of strings, each as a range of the entry's `raw` bytes, and decodes none. */
export function eachString(
  { raw, valueAt, count = 0 }: MetadataEntry,
  visit: (start: number, end: number, index: number) => void,
): void {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  let at = valueAt;
  for (let index = 0; index < count; index += 1) {
    // The parser has seen that the strings end within the header, so the upper half of each length is 0.
    const start = at + 8;
    at = start + view.getUint32(at, true);
    visit(start, at, index);
  }
}

/** The first `limit` elements of an array entry. */
export function firstItems(entry: MetadataEntry, limit: number): Scalar[] {
  const items: Scalar[] = [];
  for (const item of arrayItems(entry)) {
    if (items.length === limit) break;
    items.push(item);
  }
  return items;
}

function viewOf({ raw, valueAt }: MetadataEntry): DataView {
  return new DataView(raw.buffer, raw.byteOffset + valueAt, raw.byteLength - valueAt);
}

function readScalar(view: DataView, at: number, type: ScalarTypeName): Scalar {
  return READERS[type](view, at);
}

const READERS: Readonly<Record<Exclude<ItemTypeName, 'string'>, (view: DataView, at: number) => Scalar>> = {
  uint8: (view, at) => view.getUint8(at),
  int8: (view, at) => view.getInt8(at),
  uint16: (view, at) => view.getUint16(at, true),
  int16: (view, at) => view.getInt16(at, true),
  uint32: (view, at) => view.getUint32(at, true),
  int32: (view, at) => view.getInt32(at, true),
  float32: (view, at) => view.getFloat32(at, true),
  bool: (view, at) => view.getUint8(at) !== 0,
  uint64: (view, at) => view.getBigUint64(at, true),
  int64: (view, at) => view.getBigInt64(at, true),
  float64: (view, at) => view.getFloat64(at, true),
};
