import { GgufError } from '../errors.js';
import type { TypedValue } from '../gguf/encode-value.js';
import type { MetadataEntry } from '../gguf/model.js';
import { type ItemTypeName, isFloatType, isIntegerType } from '../gguf/value-types.js';
import { arrayItems, type Scalar, scalarValue } from '../gguf/values.js';

/**
 * The value of `entry` as another type, elements for arrays. Numbers must survive exactly: 10.0 becomes the integer
 * 10, 10.5 and NaN become nothing but an error. Integers 0 and 1 become truth values and back.
 */
export function convertedValue(entry: MetadataEntry, to: ItemTypeName): TypedValue {
  if (entry.type !== 'array') return { type: to, value: convertScalar(entry.key, scalarValue(entry), to) };
  if (entry.itemType === undefined) {
    throw new GgufError('bad-value', `${entry.key} is an array of arrays, which cannot be converted`, {
      what: entry.key,
      found: 'array of arrays',
      expected: to,
    });
  }
  const items = [...arrayItems(entry)].map((item, index) => convertScalar(`${entry.key}[${index}]`, item, to));
  return { type: 'array', itemType: to, items };
}

function convertScalar(what: string, value: Scalar, to: ItemTypeName): Scalar {
  if ((typeof value === 'string') !== (to === 'string')) refuse(what, value, to);
  if (to === 'string') return value;
  if (to === 'bool') return toBoolean(what, value);
  const number = typeof value === 'boolean' ? Number(value) : value;
  if (isIntegerType(to) && typeof number === 'number' && !Number.isInteger(number)) refuse(what, value, to);
  if (isFloatType(to) && typeof number === 'number' && to === 'float32') {
    const isExact = Object.is(Math.fround(number), number) || Number.isNaN(number);
    if (!isExact) refuse(what, value, to);
  }
  return number;
}

function toBoolean(what: string, value: Scalar): boolean {
  if (typeof value === 'boolean') return value;
  if (Number(value) !== 0 && Number(value) !== 1) refuse(what, value, 'bool');
  return Number(value) === 1;
}

function refuse(what: string, value: Scalar, to: ItemTypeName): never {
  const found = typeof value === 'string' ? 'a string' : String(value);
  throw new GgufError('bad-value', `${what} is ${found}, which cannot be written as ${to} exactly`, {
    what,
    found,
    expected: to,
  });
}
