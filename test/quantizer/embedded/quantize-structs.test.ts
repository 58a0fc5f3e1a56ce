import { describe, expect, test } from 'vitest';
import {
  imatrixArray,
  keyOverrideArray,
  type NativeArray,
  tensorOverrideArray,
} from '../../../src/quantizer/embedded/quantize-structs.js';

/** Addresses of arrays, told apart by their order: 0x1000, 0x2000, … */
function addresses() {
  const seen: (Uint8Array | Float32Array)[] = [];
  return {
    seen,
    addressOf(memory: Uint8Array | Float32Array): bigint {
      if (!seen.includes(memory)) seen.push(memory);
      return BigInt(seen.indexOf(memory) + 1) * 0x1000n;
    },
  };
}

/** Little-endian 64-bit words of C memory. */
function words({ memory }: NativeArray): bigint[] {
  const view = new DataView(memory.buffer, memory.byteOffset, memory.byteLength);
  return Array.from({ length: memory.byteLength / 8 }, (_, i) => view.getBigUint64(i * 8, true));
}

const text = (bytes: Uint8Array | Float32Array | undefined): string =>
  Buffer.from(bytes as Uint8Array).toString('utf8');

test('llama_model_imatrix_data: name, data, size; three zeros end the array', () => {
  const { seen, addressOf } = addresses();
  const values = Float32Array.of(1, 2, 3);
  const array = imatrixArray([{ name: 'blk.0.ä', values }], addressOf);
  expect(words(array)).toEqual([0x1000n, 0x2000n, 3n, 0n, 0n, 0n]);
  expect(text(seen[0])).toBe('blk.0.ä\0');
  expect(seen[1]).toBe(values);
  expect(array.keeps).toEqual(seen);
});

test('llama_model_tensor_override: pattern, type, 4 idle bytes; no pattern and the count of types end the array', () => {
  const { seen, addressOf } = addresses();
  const array = tensorOverrideArray(
    [
      { pattern: '^a$', typeId: 12 },
      { pattern: '^b$', typeId: 30 },
    ],
    addressOf,
  );
  expect(words(array)).toEqual([0x1000n, 12n, 0x2000n, 30n, 0n, 43n]);
  expect(seen.map(text)).toEqual(['^a$\0', '^b$\0']);
  expect(array.keeps).toEqual(seen);
});

describe('llama_model_kv_override', () => {
  const SIZE = 264;

  test('is a tag, a key of 128 bytes and, aligned to 8 bytes, a value of 128', () => {
    const { memory } = keyOverrideArray([{ key: 'a.b', type: 'str', value: 'xä' }]);
    expect(memory.byteLength).toBe(2 * SIZE);
    const view = new DataView(memory.buffer);
    expect(view.getInt32(0, true)).toBe(3);
    expect(text(memory.subarray(4, 8))).toBe('a.b\0');
    expect(text(memory.subarray(136, 140))).toBe('xä\0');
  });

  test('ends with an empty key', () => {
    const { memory } = keyOverrideArray([{ key: 'a', type: 'bool', value: 'true' }]);
    expect(memory.subarray(SIZE).every((byte) => byte === 0)).toBe(true);
  });

  test.each([
    ['int', '4294967295', 0, (view: DataView) => view.getBigInt64(136, true), 4294967295n],
    ['int', '-1', 0, (view: DataView) => view.getBigInt64(136, true), -1n],
    ['float', '0.5', 1, (view: DataView) => view.getFloat64(136, true), 0.5],
    ['bool', 'true', 2, (view: DataView) => view.getUint8(136), 1],
    ['bool', 'false', 2, (view: DataView) => view.getUint8(136), 0],
  ] as const)('holds %s %s', (type, value, tag, read, expected) => {
    const { memory } = keyOverrideArray([{ key: 'k', type, value }]);
    const view = new DataView(memory.buffer);
    expect(view.getInt32(0, true)).toBe(tag);
    expect(read(view)).toBe(expected);
  });

  test('cuts texts to 127 bytes, so that a zero ends them', () => {
    const { memory } = keyOverrideArray([{ key: 'k'.repeat(200), type: 'str', value: 'v'.repeat(200) }]);
    expect(text(memory.subarray(4, 133))).toBe(`${'k'.repeat(127)}\0\0`);
    expect(text(memory.subarray(136, 264))).toBe(`${'v'.repeat(127)}\0`);
  });
});
