import { GgufError } from '../errors.js';
import { encodeText } from './text.js';
import { type ItemTypeName, isIntegerType, VALUE_TYPES, type ValueTypeName } from './value-types.js';
import type { Scalar } from './values.js';

/** A value together with the type that it is written as. */
export type TypedValue =
  | { readonly type: Exclude<ValueTypeName, 'array'>; readonly value: Scalar }
  | { readonly type: 'array'; readonly itemType: ItemTypeName; readonly items: readonly Scalar[] };

/** A whole key-value pair as bytes: key string, i32 type, value. Refuses values that the type cannot hold exactly. */
export function encodeEntry(key: string, typed: TypedValue): Uint8Array {
  return Buffer.concat([encodeKey(key), encodeTypedValue(key, typed)]);
}

/** A key string as bytes: u64 length, UTF-8. */
export function encodeKey(key: string): Uint8Array {
  if (key === '') throw new GgufError('refused-by-writer', 'a key must not be empty', { what: 'empty key' });
  return encodeString(encodeText(key));
}

/** The type and the value of an entry as bytes; what follows the key. */
export function encodeTypedValue(key: string, typed: TypedValue): Uint8Array {
  const head = u32(VALUE_TYPES[typed.type].id);
  if (typed.type !== 'array') return Buffer.concat([head, encodeScalar(key, typed.type, typed.value)]);
  const items = typed.items.map((item, index) => encodeScalar(`${key}[${index}]`, typed.itemType, item));
  return Buffer.concat([head, u32(VALUE_TYPES[typed.itemType].id), u64(BigInt(items.length)), ...items]);
}

/** The bytes of one value without its type. */
export function encodeScalar(what: string, type: Exclude<ValueTypeName, 'array'>, value: Scalar): Uint8Array {
  if (type === 'string') return encodeString(encodeText(expectKind(what, type, value, 'string')));
  const bytes = Buffer.alloc(VALUE_TYPES[type].bytes);
  if (type === 'bool') bytes.writeUInt8(expectKind(what, type, value, 'boolean') ? 1 : 0);
  else if (isIntegerType(type)) writeInteger(bytes, exactInteger(what, type, value));
  else writeFloat(bytes, type, floatOf(what, type, value));
  return bytes;
}

/** Smallest and largest value of an integer type. */
export function integerRange(type: ValueTypeName): { readonly min: bigint; readonly max: bigint } {
  const bits = BigInt(VALUE_TYPES[type].bytes * 8);
  return type.startsWith('u')
    ? { min: 0n, max: 2n ** bits - 1n }
    : { min: -(2n ** (bits - 1n)), max: 2n ** (bits - 1n) - 1n };
}

function encodeString(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([u64(BigInt(bytes.byteLength)), bytes]);
}

function exactInteger(what: string, type: ValueTypeName, value: Scalar): bigint {
  if (typeof value === 'string' || typeof value === 'boolean') refuse(what, type, value);
  if (typeof value === 'number' && !Number.isInteger(value)) refuse(what, type, value);
  const exact = BigInt(value);
  const { min, max } = integerRange(type);
  if (exact < min || exact > max) refuse(what, type, value);
  return exact;
}

/** A number as the float type holds it. An integer that the float would change is refused. */
function floatOf(what: string, type: ValueTypeName, value: Scalar): number {
  if (typeof value === 'string' || typeof value === 'boolean') refuse(what, type, value);
  const float = type === 'float32' ? Math.fround(Number(value)) : Number(value);
  const isWhole = typeof value === 'bigint' || Number.isSafeInteger(value);
  if (isWhole && BigInt(value) !== (Number.isFinite(float) ? BigInt(float) : undefined)) refuse(what, type, value);
  return float;
}

function writeInteger(bytes: Buffer, value: bigint): void {
  let rest = BigInt.asUintN(bytes.byteLength * 8, value);
  for (let i = 0; i < bytes.byteLength; i += 1) {
    bytes[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
}

function writeFloat(bytes: Buffer, type: ValueTypeName, value: number): void {
  if (type === 'float64') bytes.writeDoubleLE(value);
  else bytes.writeFloatLE(value);
}

type Kinds = { string: string; boolean: boolean };

function expectKind<K extends keyof Kinds>(what: string, type: ValueTypeName, value: Scalar, kind: K): Kinds[K] {
  // The test makes the type certain; TypeScript does not narrow through a type parameter.
  if (typeof value === kind) return value as Kinds[K];
  return refuse(what, type, value);
}

function refuse(what: string, type: ValueTypeName, value: Scalar): never {
  const found = typeof value === 'string' ? JSON.stringify(value) : String(value);
  throw new GgufError('bad-value', `${what} is ${found}, which ${type} cannot hold`, { what, found, expected: type });
}

function u32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: bigint): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}
