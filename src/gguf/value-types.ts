/** One row of the value type table: the id in the file and the bytes of one value, 0 where they vary. */
export interface ValueType {
  readonly id: number;
  readonly bytes: number;
}

/** Metadata value types of GGUF 2 and 3 (ggml's `enum gguf_type`), under the names that ggufix prints. */
export const VALUE_TYPES = {
  uint8: { id: 0, bytes: 1 },
  int8: { id: 1, bytes: 1 },
  uint16: { id: 2, bytes: 2 },
  int16: { id: 3, bytes: 2 },
  uint32: { id: 4, bytes: 4 },
  int32: { id: 5, bytes: 4 },
  float32: { id: 6, bytes: 4 },
  bool: { id: 7, bytes: 1 },
  string: { id: 8, bytes: 0 },
  array: { id: 9, bytes: 0 },
  uint64: { id: 10, bytes: 8 },
  int64: { id: 11, bytes: 8 },
  float64: { id: 12, bytes: 8 },
} as const satisfies Record<string, ValueType>;

/** Name of a value type. */
export type ValueTypeName = keyof typeof VALUE_TYPES;

/** A type with one number or truth value. */
export type ScalarTypeName = Exclude<ValueTypeName, 'string' | 'array'>;

/** A type that may stand in an array: anything but another array. */
export type ItemTypeName = Exclude<ValueTypeName, 'array'>;

const BY_ID = new Map<number, ValueTypeName>(
  Object.entries(VALUE_TYPES).map(([name, { id }]) => [id, name as ValueTypeName]),
);

/** The type with this id, or `undefined` for an id that GGUF does not define. */
export function valueTypeById(id: number): ValueTypeName | undefined {
  return BY_ID.get(id);
}

/** Short names that llama.cpp, gguf-py and their messages use. */
const ALIASES: Readonly<Record<string, ValueTypeName>> = {
  u8: 'uint8',
  i8: 'int8',
  u16: 'uint16',
  i16: 'int16',
  u32: 'uint32',
  i32: 'int32',
  f32: 'float32',
  u64: 'uint64',
  i64: 'int64',
  f64: 'float64',
  str: 'string',
  arr: 'array',
  boolean: 'bool',
};

/** The type that a user means by `text`: `uint32`, `UINT32` or `u32`. */
export function parseValueType(text: string): ValueTypeName | undefined {
  const name = text.toLowerCase();
  return name in VALUE_TYPES ? (name as ValueTypeName) : ALIASES[name];
}

/** Whether the type holds one whole number. */
export function isIntegerType(type: ValueTypeName): boolean {
  return /^u?int/.test(type);
}

/** Whether the type holds one floating-point number. */
export function isFloatType(type: ValueTypeName): boolean {
  return type === 'float32' || type === 'float64';
}
