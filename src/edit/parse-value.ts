import { GgufError } from '../errors.js';
import type { TypedValue } from '../gguf/encode-value.js';
import { type ItemTypeName, isIntegerType, parseValueType } from '../gguf/value-types.js';
import type { Scalar } from '../gguf/values.js';

/** The type of a key as a user writes it: `uint32`, `f32`, and for arrays `string[]` or `array<string>`. */
export type WantedType =
  | { readonly type: Exclude<TypedValue['type'], 'array'> }
  | { readonly type: 'array'; readonly itemType: ItemTypeName };

/** The type that `text` names. Rejects with `bad-value`. */
export function parseWantedType(text: string): WantedType {
  const item = /^(.+)\[\]$/.exec(text)?.[1] ?? /^(?:array|arr)<(.+)>$/i.exec(text)?.[1];
  const type = parseValueType(item ?? text);
  if (type === undefined || type === 'array') {
    const expected =
      'uint8 … uint64, int8 … int64, float32, float64, bool, string, or one of them with [] for an array';
    throw new GgufError('bad-value', `'${text}' is no value type; expected ${expected}`, {
      what: 'type',
      found: text,
      expected,
    });
  }
  return item === undefined ? { type } : { type: 'array', itemType: type };
}

/** A value that a user typed, as `wanted`. Arrays are written as JSON: `[1, 2, 3]`. */
export function parseValue(key: string, text: string, wanted: WantedType): TypedValue {
  if (wanted.type !== 'array') return { type: wanted.type, value: parseScalar(key, text, wanted.type) };
  const { itemType } = wanted;
  const items = parseJsonArray(key, text).map((item, index) => parseItem(`${key}[${index}]`, item, itemType));
  return { type: 'array', itemType, items };
}

function parseItem(what: string, item: unknown, type: ItemTypeName): Scalar {
  if (type === 'string') return typeof item === 'string' ? item : refuse(what, JSON.stringify(item), type);
  if (typeof item === 'object') return refuse(what, JSON.stringify(item), type);
  if (isIntegerType(type) && Number.isInteger(item) && !Number.isSafeInteger(item)) refuseRounded(what, type);
  return parseScalar(what, String(item), type);
}

/** JSON numbers become doubles: the digits that were typed are gone. */
function refuseRounded(what: string, type: ItemTypeName): never {
  const expected = 'a string for an integer beyond 2^53, such as ["9007199254740993"]';
  const found = 'a JSON number beyond 2^53';
  throw new GgufError('bad-value', `${what} is ${found}, expected ${expected}`, { what, found, expected: type });
}

function parseScalar(what: string, text: string, type: ItemTypeName): Scalar {
  if (type === 'string') return text;
  const trimmed = text.trim();
  if (type === 'bool') return parseBoolean(what, trimmed);
  if (isIntegerType(type)) return /^([+-]?\d+|0x[\da-f]+)$/i.test(trimmed) ? BigInt(trimmed) : refuse(what, text, type);
  return parseFloatText(what, trimmed, type);
}

function parseBoolean(what: string, text: string): boolean {
  if (/^(true|1|yes)$/i.test(text)) return true;
  return /^(false|0|no)$/i.test(text) ? false : refuse(what, text, 'bool');
}

/** The nearest value of the type, as every writer of decimal fractions expects: 0.1 is no float32 exactly. */
function parseFloatText(what: string, text: string, type: ItemTypeName): number {
  const special = /^([+-]?)(inf(?:inity)?|nan)$/i.exec(text);
  if (special !== null) {
    const value = special[2]?.toLowerCase() === 'nan' ? Number.NaN : Number.POSITIVE_INFINITY;
    return special[1] === '-' ? -value : value;
  }
  const value = text === '' ? Number.NaN : Number(text);
  const stored = type === 'float32' ? Math.fround(value) : value;
  // Infinity must be said: 1e39 is a slip, not meant.
  if (!Number.isFinite(stored)) refuse(what, text, type);
  return value;
}

function parseJsonArray(key: string, text: string): unknown[] {
  try {
    const parsed: unknown = JSON.parse(text);
    if (Array.isArray(parsed)) return parsed;
  } catch {
    // Said below, in our own words.
  }
  throw new GgufError('bad-value', `${key} is an array; expected JSON such as [1, 2, 3]`, {
    what: key,
    found: text.slice(0, 40),
    expected: 'a JSON array',
  });
}

function refuse(what: string, text: string, type: ItemTypeName): never {
  throw new GgufError('bad-value', `${what}: '${text}' is no ${type}`, { what, found: text, expected: type });
}
