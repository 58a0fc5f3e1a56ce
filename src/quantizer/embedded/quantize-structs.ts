import { TENSOR_TYPE_COUNT } from '../../gguf/tensor-types.js';
import type { KeyOverride } from '../engine/engine-arguments.js';
import { MAX_OVERRIDE_BYTES } from '../engine/override-text.js';
import type { TypeOverride } from './quantize-arguments.js';

/** Gives the address of memory that stays where it is as long as somebody keeps the array. */
export type AddressOf = (memory: Uint8Array | Float32Array) => bigint;

/** One tensor's importance: `values` are mean squared activations, one for each column of each matrix. */
export interface Importance {
  readonly name: string;
  readonly values: Float32Array;
}

/** C memory, and all the arrays that it points into: they must be kept as long as C reads it. */
export interface NativeArray {
  readonly memory: Uint8Array;
  readonly keeps: readonly (Uint8Array | Float32Array)[];
}

/** `struct llama_model_imatrix_data { const char * name; const float * data; size_t size; }[]`, ended by zeros. */
export function imatrixArray(entries: readonly Importance[], addressOf: AddressOf): NativeArray {
  const names = entries.map(({ name }) => cString(name));
  const array = structs(entries.length + 1, 24);
  entries.forEach(({ values }, index) => {
    array.pointer(index, 0, addressOf(names[index]!));
    array.pointer(index, 8, addressOf(values));
    array.pointer(index, 16, BigInt(values.length));
  });
  return { memory: array.memory, keeps: [...names, ...entries.map(({ values }) => values)] };
}

/** `struct llama_model_tensor_override { const char * pattern; enum ggml_type type; }[]`, ended by no pattern. */
export function tensorOverrideArray(overrides: readonly TypeOverride[], addressOf: AddressOf): NativeArray {
  const patterns = overrides.map(({ pattern }) => cString(pattern));
  const array = structs(overrides.length + 1, 16);
  overrides.forEach(({ typeId }, index) => {
    array.pointer(index, 0, addressOf(patterns[index]!));
    array.int32(index, 8, typeId);
  });
  array.int32(overrides.length, 8, TENSOR_TYPE_COUNT);
  return { memory: array.memory, keeps: patterns };
}

/** `enum llama_model_kv_override_type`. */
const TAGS = { int: 0, float: 1, bool: 2, str: 3 } as const;
const KEY_BYTES = MAX_OVERRIDE_BYTES + 1;
const VALUE_AT = 8 + KEY_BYTES;

/**
 * `struct llama_model_kv_override { tag; char key[128]; union { int64_t; double; bool; char[128] }; }[]`, ended by an
 * empty key. The union is aligned to 8 bytes, so 4 bytes lie idle after the tag and the key.
 */
export function keyOverrideArray(overrides: readonly KeyOverride[]): NativeArray {
  const array = structs(overrides.length + 1, VALUE_AT + KEY_BYTES);
  overrides.forEach(({ key, type, value }, index) => {
    array.int32(index, 0, TAGS[type]);
    array.text(index, 4, key);
    if (type === 'int') array.pointer(index, VALUE_AT, BigInt.asUintN(64, BigInt(value)));
    else if (type === 'float') array.double(index, VALUE_AT, Number(value));
    else if (type === 'bool') array.int32(index, VALUE_AT, value === 'true' ? 1 : 0);
    else array.text(index, VALUE_AT, value);
  });
  return { memory: array.memory, keeps: [] };
}

/** An array of `count` structs of `size` bytes, little-endian, all zero. */
function structs(count: number, size: number) {
  const memory = new Uint8Array(count * size);
  const view = new DataView(memory.buffer);
  return {
    memory,
    pointer: (index: number, at: number, value: bigint) => view.setBigUint64(index * size + at, value, true),
    int32: (index: number, at: number, value: number) => view.setInt32(index * size + at, value, true),
    double: (index: number, at: number, value: number) => view.setFloat64(index * size + at, value, true),
    /** Cut to what fits with the zero that ends it, as llama-quantize cuts it. */
    text: (index: number, at: number, text: string) =>
      memory.set(Buffer.from(text, 'utf8').subarray(0, MAX_OVERRIDE_BYTES), index * size + at),
  };
}

function cString(text: string): Uint8Array {
  return Buffer.from(`${text}\0`, 'utf8');
}
