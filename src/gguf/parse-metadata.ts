import { GgufError } from '../errors.js';
import { MAX_ARRAY_ELEMENTS, MAX_NAME_BYTES } from '../limits.js';
import type { ByteCursor } from './cursor.js';
import type { MetadataEntry } from './model.js';
import type { ProblemCode, ProblemData } from './problems.js';
import { decodeText, identityOf } from './text.js';
import { VALUE_TYPES, type ValueTypeName, valueTypeById } from './value-types.js';

/** Arrays in arrays are walked to this depth, so that a file which holds them can be shown; ggml reads none. */
const MAX_NESTING = 4;

/** No reader of the field takes such arrays, so not many of them are walked. */
const MAX_NESTED_ARRAYS = 10_000;

/** How the parser of one entry talks to the parser of the header. */
interface EntryEvents {
  nameKey(key: string): void;
  report<C extends ProblemCode>(code: C, data: ProblemData[C], at: number): void;
  stop<C extends ProblemCode>(code: C, data: ProblemData[C], at: number): never;
}

/** One parsed entry without its bytes. `identity` equals another's iff the keys are equal byte for byte. */
export interface ParsedEntry {
  readonly identity: string;
  readonly rest: Omit<MetadataEntry, 'raw' | 'offset'>;
}

/** Parses one key-value pair: key string, i32 type, value. Arrays are passed over, not decoded. */
export function parseMetadataEntry(cursor: ByteCursor, events: EntryEvents): ParsedEntry {
  const start = cursor.offset;
  const keyBytes = cursor.string('a key', MAX_NAME_BYTES);
  const key = decodeText(keyBytes);
  events.nameKey(key);
  const typeAt = cursor.offset - start;
  const type = readType(cursor, (typeId, at) => events.stop('value-type', { key, typeId }, at));
  const common = { key, type, typeAt };
  const identity = identityOf(keyBytes);
  if (type !== 'array') {
    const valueAt = cursor.offset - start;
    skipScalar(cursor, type, `the value of key '${key}'`);
    return { identity, rest: { ...common, valueAt } };
  }
  const { itemType, count, at } = readArrayHead(cursor, key, events);
  if (itemType === 'array') events.report('nested-array', { key }, at - 12);
  skipItems(cursor, itemType, count, key, events, 1);
  const item = itemType === 'array' ? {} : { itemType };
  return { identity, rest: { ...common, ...item, count, valueAt: at - start } };
}

interface ArrayHead {
  readonly itemType: ValueTypeName;
  readonly count: number;
  /** File offset of the first element. */
  readonly at: number;
}

function readArrayHead(cursor: ByteCursor, key: string, events: EntryEvents): ArrayHead {
  const itemType = readType(cursor, (typeId, at) => events.stop('element-type', { key, typeId }, at));
  const countAt = cursor.offset;
  const count = cursor.u64();
  if (count > BigInt(MAX_ARRAY_ELEMENTS)) {
    const what = `length of array '${key}'`;
    events.stop('length-limit', { what, length: `${count}`, limit: MAX_ARRAY_ELEMENTS }, countAt);
  }
  return { itemType, count: Number(count), at: cursor.offset };
}

function readType(cursor: ByteCursor, refuse: (typeId: number, at: number) => never): ValueTypeName {
  const at = cursor.offset;
  const id = cursor.i32();
  return valueTypeById(id) ?? refuse(id, at);
}

function skipItems(
  cursor: ByteCursor,
  itemType: ValueTypeName,
  count: number,
  key: string,
  events: EntryEvents,
  depth: number,
): void {
  const what = `an element of array '${key}'`;
  if (itemType === 'string') {
    refuseIfShort(cursor, count * 8);
    cursor.skipStrings(count, what);
  } else if (itemType === 'array') {
    requireWithin(`nesting of array '${key}'`, depth + 1, MAX_NESTING, cursor, events);
    requireWithin(`number of arrays in array '${key}'`, count, MAX_NESTED_ARRAYS, cursor, events);
    refuseIfShort(cursor, count * 12);
    for (let i = 0; i < count; i += 1) {
      const head = readArrayHead(cursor, key, events);
      skipItems(cursor, head.itemType, head.count, key, events, depth + 1);
    }
  } else {
    cursor.skip(count * VALUE_TYPES[itemType].bytes);
  }
}

function requireWithin(what: string, found: number, limit: number, cursor: ByteCursor, events: EntryEvents): void {
  if (found > limit) events.stop('length-limit', { what, length: `${found}`, limit }, cursor.offset);
}

/** Elements take at least `need` bytes: a count that the file cannot hold is refused before walking. */
function refuseIfShort(cursor: ByteCursor, need: number): void {
  if (need <= cursor.left) return;
  throw new GgufError('truncated', `need ${need} bytes at offset ${cursor.offset}, have ${cursor.left}`, {
    at: cursor.offset,
    need,
    have: cursor.left,
  });
}

function skipScalar(cursor: ByteCursor, type: Exclude<ValueTypeName, 'array'>, what: string): void {
  if (type === 'string') cursor.string(what);
  else cursor.skip(VALUE_TYPES[type].bytes);
}
