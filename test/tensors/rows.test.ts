import { describe, expect, test } from 'vitest';
import { blockWeights } from '../../src/gguf/tensor-types.js';
import { TILE_WEIGHTS } from '../../src/tensors/kernels/converter.js';
import { DEQUANTIZE, type DequantizableType, QUANTIZE, type QuantizableType } from '../../src/tensors/kernels/index.js';
import { dequantizeRows, measureConversion, quantizeRows } from '../../src/tensors/rows.js';
import { blocksOfScale, randomBlocks } from './support/blocks.js';
import { expectSameBlocks, expectSameWeights } from './support/compare.js';
import { createRandom, normals } from './support/random.js';

const SOURCES = Object.keys(DEQUANTIZE) as DequantizableType[];
const TARGETS = Object.keys(QUANTIZE) as QuantizableType[];

/** Relative RMSE that normally distributed weights get. A kernel that packs wrong codes is far above, by bits of q. */
const EXPECTED_ERROR: Readonly<Record<QuantizableType, number>> = {
  F32: 0,
  F16: 3e-4,
  BF16: 2e-3,
  Q8_0: 6e-3,
  Q5_1: 0.04,
  Q5_0: 0.045,
  Q4_1: 0.08,
  Q4_0: 0.09,
};

describe('rows', () => {
  test.each(SOURCES)('of %s longer than a tile are read whole', (type) => {
    const weights = TILE_WEIGHTS + 512;
    const blocks = randomBlocks(type, weights, 21);
    const want = new Float32Array(weights);
    DEQUANTIZE[type](blocks, want);
    expectSameWeights(type, dequantizeRows(type, blocks), want);
  });

  test.each(SOURCES)('of %s with infinite and NaN scales are read as ggml does', (type) => {
    const halves = [0x3c00, 0x7c00, 0xfc00, 0x7e00];
    const blocks = blocksOfScale(
      type,
      Array.from({ length: 512 }, (_, i) => halves[i % 4]!),
      22,
    );
    const want = new Float32Array(512 * blockWeights(type));
    DEQUANTIZE[type](blocks, want);
    expectSameWeights(type, dequantizeRows(type, blocks), want);
  });

  test.each(TARGETS)('are written as %s, however many', (type) => {
    const weights = normals(TILE_WEIGHTS + 512, 0.1, createRandom(23));
    const want = new Uint8Array((weights.length * blockBytesOf(type)) / blockWeights(type));
    QUANTIZE[type](weights, want);
    expectSameBlocks(type, quantizeRows(type, weights), want);
  });

  test('of F16 and BF16 keep infinity and NaN', () => {
    const weights = new Float32Array([1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN]);
    for (const type of ['F16', 'BF16', 'F32'] as const) {
      expect(dequantizeRows(type, quantizeRows(type, weights))).toEqual(weights);
    }
  });

  test('do not depend on where the bytes lie in memory', () => {
    const blocks = randomBlocks('Q4_K', 512, 24);
    const shifted = new Uint8Array(blocks.length + 1);
    shifted.set(blocks, 1);
    expect(dequantizeRows('Q4_K', shifted.subarray(1))).toEqual(dequantizeRows('Q4_K', blocks));
  });
});

describe('the measured error', () => {
  test.each(TARGETS)('of %s is what its bits allow', (type) => {
    const weights = normals(TILE_WEIGHTS * 2, 0.02, createRandom(25));
    const { sumSquared, sumSquaredError } = measureConversion('F32', type, new Uint8Array(weights.buffer));
    const relative = Math.sqrt(sumSquaredError / sumSquared);
    expect(relative).toBeLessThanOrEqual(EXPECTED_ERROR[type]);
    expect(relative).toBeGreaterThanOrEqual(EXPECTED_ERROR[type] / 2);
  });

  test('is the one that dequantizing by hand gives', () => {
    const weights = normals(4096, 0.02, createRandom(26));
    const after = dequantizeRows('Q5_0', quantizeRows('Q5_0', weights));
    const { sumSquared, sumSquaredError } = measureConversion('F32', 'Q5_0', new Uint8Array(weights.buffer));
    expect(sumSquared).toBeCloseTo(
      weights.reduce((sum, x) => sum + x * x, 0),
      12,
    );
    expect(sumSquaredError).toBeCloseTo(
      weights.reduce((sum, x, i) => sum + (x - after[i]!) ** 2, 0),
      12,
    );
  });

  test('is NaN where a weight cannot be converted', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, 1e38]) {
      const weights = new Float32Array(64).fill(0.5);
      weights[40] = bad;
      expect(measureConversion('F32', 'Q8_0', new Uint8Array(weights.buffer)).sumSquaredError).toBeNaN();
    }
  });
});

function blockBytesOf(type: QuantizableType): number {
  return quantizeRows(type, new Float32Array(blockWeights(type))).length;
}
