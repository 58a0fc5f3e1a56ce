import { describe, expect, test } from 'vitest';
import { compareLogits } from '../../../src/quantizer/embedded/compare-logits.js';

describe('compareLogits', () => {
  test('finds no difference between equal rows', () => {
    const rows = [Float32Array.of(1, -2, 3), Float32Array.of(0, 0.5, 0)];
    expect(compareLogits(rows, rows)).toEqual({
      positions: 2,
      sameTopToken: 2,
      maxAbsoluteDifference: 0,
      relativeRmse: 0,
      meanKl: 0,
      maxKl: 0,
    });
  });

  test('measures two rows whose figures are known', () => {
    // Softmax (1/4, 3/4) against (1/2, 1/2), then a row that is equal.
    const base = [Float32Array.of(0, Math.log(3)), Float32Array.of(2, 1)];
    const other = [Float32Array.of(0, 0), Float32Array.of(2, 1)];
    const kl = 0.25 * Math.log(0.5) + 0.75 * Math.log(1.5);
    const result = compareLogits(base, other);
    expect(result.positions).toBe(2);
    expect(result.sameTopToken).toBe(1); // of two equal scores the first is on top
    expect(result.maxAbsoluteDifference).toBeCloseTo(Math.log(3), 6);
    expect(result.relativeRmse).toBeCloseTo(Math.sqrt(Math.log(3) ** 2 / (Math.log(3) ** 2 + 5)), 6);
    expect(result.meanKl).toBeCloseTo(kl / 2, 6);
    expect(result.maxKl).toBeCloseTo(kl, 6);
  });

  test('does not see a constant that is added to all scores as a divergence', () => {
    const result = compareLogits([Float32Array.of(80, 70, 60)], [Float32Array.of(90, 80, 70)]);
    expect(result).toMatchObject({ sameTopToken: 1, maxAbsoluteDifference: 10 });
    expect(result.maxKl).toBeCloseTo(0, 12);
  });

  test('lets scores of -Infinity be, and lets NaN show', () => {
    const masked = [Float32Array.of(1, -Infinity)];
    expect(compareLogits(masked, [Float32Array.of(1, -1000)]).maxKl).toBe(0);
    expect(compareLogits([Float32Array.of(1, 2)], [Float32Array.of(1, Number.NaN)])).toMatchObject({
      relativeRmse: Number.NaN,
      meanKl: Number.NaN,
      maxKl: Number.NaN,
    });
  });

  test.each([
    ['fewer rows', [Float32Array.of(1, 2)], []],
    ['longer rows', [Float32Array.of(1, 2)], [Float32Array.of(1, 2, 3)]],
    ['no rows at all', [], []],
  ])('refuses %s', (_, base, other) => {
    expect(() => compareLogits(base, other)).toThrow(expect.objectContaining({ code: 'bad-value' }));
  });
});
