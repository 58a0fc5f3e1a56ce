import { describe, expect, test } from 'vitest';
import { randomWords } from '../../../../src/quantizer/planner/random.js';
import { disturb, type GraphMemory } from '../../../../src/quantizer/planner/sensitivity/disturb.js';
import { parseTensor } from '../../../../src/quantizer/planner/sensitivity/ggml-tensor.js';
import { type StructOptions, tensorStruct } from './support/tensor-struct.js';

/** Native memory, by address. */
function memoryOf(
  structs: Readonly<Record<string, StructOptions>>,
  data: Readonly<Record<string, Float32Array | Int32Array>>,
  lengths: Float32Array | undefined,
): GraphMemory {
  return {
    tensor: (address) => parseTensor(tensorStruct(structs[String(address)] ?? {})),
    bytes(address, length) {
      const found = data[String(address)];
      if (found === undefined || found.byteLength < length) throw new Error(`read of ${length} bytes at ${address}`);
      return found.buffer as ArrayBuffer;
    },
    rowLengths: () => lengths,
  };
}

const how = { error: 0.04, random: randomWords(1) };
const absolute = (values: Float32Array): number[] => [...values].map((value) => Number(Math.abs(value).toFixed(5)));

test('a product errs by the lengths of rows and input', () => {
  const outputs = new Float32Array(4);
  const memory = memoryOf(
    { 1: { shape: [4, 2] }, 2: { shape: [4, 2], data: 20n } },
    { 10: outputs, 20: Float32Array.of(1, 1, 1, 1, 2, 2, 2, 2) },
    Float32Array.of(1, 3),
  );
  disturb(parseTensor(tensorStruct({ shape: [2, 2], data: 10n, sources: [1n, 2n] })), false, memory, how);
  expect(absolute(outputs)).toEqual([0.2, 0.6, 0.4, 1.2]);
});

test('rows that were looked up err by their own length', () => {
  const outputs = Float32Array.of(3, 4);
  const memory = memoryOf({ 1: { shape: [2, 9] } }, { 10: outputs }, undefined);
  disturb(parseTensor(tensorStruct({ shape: [2, 1], data: 10n, sources: [1n, 2n] })), true, memory, how);
  expect(Math.abs((outputs[0] ?? 0) - 3)).toBeCloseTo(Math.sqrt((0.04 * 25) / 2), 5);
});

test('of experts, each product with the matrix that its token went to', () => {
  // Two tokens, each to two of three experts, whose rows have the lengths 1, 10 and 100.
  const outputs = new Float32Array(4);
  const memory = memoryOf(
    { 1: { shape: [4, 1, 3] }, 2: { shape: [4, 1, 2], data: 20n }, 3: { typeId: 26, shape: [2, 2], data: 30n } },
    { 10: outputs, 20: Float32Array.of(1, 1, 1, 1, 2, 2, 2, 2), 30: Int32Array.of(0, 2, 1, 0) },
    Float32Array.of(1, 10, 100),
  );
  disturb(parseTensor(tensorStruct({ shape: [1, 2, 2], data: 10n, sources: [1n, 2n, 3n] })), false, memory, how);
  expect(absolute(outputs)).toEqual([0.2, 20, 4, 0.4]);
});

describe('what lies in memory otherwise', () => {
  test('weights that cannot be read: noise relative to the result', () => {
    const outputs = Float32Array.of(3, 4);
    const memory = memoryOf(
      { 1: { shape: [4, 2] }, 2: { shape: [4, 1], data: 20n } },
      { 10: outputs, 20: new Float32Array(4) },
      undefined,
    );
    disturb(parseTensor(tensorStruct({ shape: [2, 1], data: 10n, sources: [1n, 2n] })), false, memory, how);
    expect(outputs[0]).not.toBe(3);
  });

  test('a result that is not F32 is left alone', () => {
    const memory = memoryOf({}, {}, undefined);
    const result = parseTensor(tensorStruct({ typeId: 1, shape: [2, 1], data: 10n, sources: [1n, 2n] }));
    expect(() => disturb(result, false, memory, how)).not.toThrow();
  });
});
