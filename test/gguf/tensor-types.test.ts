import { describe, expect, test } from 'vitest';
import {
  bitsPerWeight,
  blockBytes,
  blockWeights,
  parseTensorType,
  REMOVED_TENSOR_TYPES,
  rowBytes,
  TENSOR_TYPE_COUNT,
  TENSOR_TYPES,
  type TensorTypeName,
  tensorTypeById,
  tensorTypeLabel,
} from '../../src/gguf/tensor-types.js';

/** id, name, weights and bytes of a block, as ggml 0.27 prints them from its type traits. */
const REFERENCE: readonly (readonly [number, TensorTypeName, number, number])[] = [
  [0, 'F32', 1, 4],
  [1, 'F16', 1, 2],
  [2, 'Q4_0', 32, 18],
  [3, 'Q4_1', 32, 20],
  [6, 'Q5_0', 32, 22],
  [7, 'Q5_1', 32, 24],
  [8, 'Q8_0', 32, 34],
  [9, 'Q8_1', 32, 36],
  [10, 'Q2_K', 256, 84],
  [11, 'Q3_K', 256, 110],
  [12, 'Q4_K', 256, 144],
  [13, 'Q5_K', 256, 176],
  [14, 'Q6_K', 256, 210],
  [15, 'Q8_K', 256, 292],
  [16, 'IQ2_XXS', 256, 66],
  [17, 'IQ2_XS', 256, 74],
  [18, 'IQ3_XXS', 256, 98],
  [19, 'IQ1_S', 256, 50],
  [20, 'IQ4_NL', 32, 18],
  [21, 'IQ3_S', 256, 110],
  [22, 'IQ2_S', 256, 82],
  [23, 'IQ4_XS', 256, 136],
  [24, 'I8', 1, 1],
  [25, 'I16', 1, 2],
  [26, 'I32', 1, 4],
  [27, 'I64', 1, 8],
  [28, 'F64', 1, 8],
  [29, 'IQ1_M', 256, 56],
  [30, 'BF16', 1, 2],
  [34, 'TQ1_0', 256, 54],
  [35, 'TQ2_0', 256, 66],
  [39, 'MXFP4', 32, 17],
  [40, 'NVFP4', 64, 36],
  [41, 'Q1_0', 128, 18],
  [42, 'Q2_0', 64, 18],
];

const REMOVED: readonly (readonly [number, string])[] = [
  [4, 'Q4_2'],
  [5, 'Q4_3'],
  [31, 'Q4_0_4_4'],
  [32, 'Q4_0_4_8'],
  [33, 'Q4_0_8_8'],
  [36, 'IQ4_NL_4_4'],
  [37, 'IQ4_NL_4_8'],
  [38, 'IQ4_NL_8_8'],
];

describe('tensor types', () => {
  test.each(REFERENCE)('%i is %s: %i weights in %i bytes', (id, name, weights, bytes) => {
    expect(tensorTypeById(id)).toBe(name);
    expect(TENSOR_TYPES[name].id).toBe(id);
    expect(blockWeights(name)).toBe(weights);
    expect(blockBytes(name)).toBe(bytes);
  });

  test('there is no other live type', () => {
    expect(Object.keys(TENSOR_TYPES).sort()).toEqual(REFERENCE.map(([, name]) => name).sort());
  });

  test.each(REMOVED)('%i was %s and is no type any more', (id, name) => {
    expect(tensorTypeById(id)).toBeUndefined();
    expect(REMOVED_TENSOR_TYPES[name]?.id).toBe(id);
    expect(tensorTypeLabel(id)).toBe(`${name} (removed)`);
  });

  test('live and removed ids are all ids below the count', () => {
    const ids = [...REFERENCE, ...REMOVED].map(([id]) => id).sort((a, b) => a - b);
    expect(ids).toEqual(Array.from({ length: TENSOR_TYPE_COUNT }, (_, id) => id));
    expect(Object.keys(REMOVED_TENSOR_TYPES)).toHaveLength(REMOVED.length);
  });

  test.each([-1, 43, 99, 2 ** 31, Number.NaN])('%d is no type', (id) => {
    expect(tensorTypeById(id)).toBeUndefined();
    expect(tensorTypeLabel(id)).toBe(`type ${id}`);
  });

  test('are labelled by their name', () => {
    expect(tensorTypeLabel(12)).toBe('Q4_K');
    expect(tensorTypeLabel(0)).toBe('F32');
  });

  test('are found in any case', () => {
    expect(parseTensorType('q4_k')).toBe('Q4_K');
    expect(parseTensorType('Iq2_xXs')).toBe('IQ2_XXS');
    expect(parseTensorType('BF16')).toBe('BF16');
  });

  test.each(['', 'Q4', 'Q4_K_M', 'Q4_0_4_4', 'toString', '__proto__', 'constructor'])('"%s" names none', (text) => {
    expect(parseTensorType(text)).toBeUndefined();
  });

  test('bits per weight and rows follow from the block', () => {
    expect(bitsPerWeight('F32')).toBe(32);
    expect(bitsPerWeight('Q8_0')).toBe(8.5);
    expect(bitsPerWeight('Q6_K')).toBe(6.5625);
    expect(bitsPerWeight('IQ4_XS')).toBe(4.25);
    expect(rowBytes('Q5_1', 4096)).toBe(3072);
    expect(rowBytes('Q4_K', 0)).toBe(0);
    // 2^40 weights: beyond 32 bits, and exact.
    expect(rowBytes('Q6_K', 2 ** 40)).toBe(210 * 2 ** 32);
  });
});
