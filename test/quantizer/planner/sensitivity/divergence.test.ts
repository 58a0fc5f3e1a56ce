import { expect, test } from 'vitest';
import { divergence, toLogProbabilities } from '../../../../src/quantizer/planner/sensitivity/divergence.js';

function logs(...scores: number[]): Float32Array {
  const values = Float32Array.from(scores);
  toLogProbabilities(values);
  return values;
}

test('probabilities add up to 1, also of large scores, and impossible ones stay so', () => {
  const values = logs(1000, 1001, Number.NEGATIVE_INFINITY);
  expect(values.reduce((sum, each) => sum + Math.exp(each), 0)).toBeCloseTo(1, 6);
  expect(values[2]).toBe(Number.NEGATIVE_INFINITY);
});

test('divergence of known distributions', () => {
  const base = logs(Math.log(0.5), Math.log(0.5));
  const other = logs(Math.log(0.25), Math.log(0.75));
  expect(divergence(base, other)).toBeCloseTo(0.5 * Math.log(2) + 0.5 * Math.log(2 / 3), 6);
  expect(divergence(base, base)).toBe(0);
});

test('what is impossible in the base counts nothing, what is impossible in the other counts without end', () => {
  const base = logs(0, Number.NEGATIVE_INFINITY);
  expect(divergence(base, logs(0, 0))).toBeCloseTo(Math.log(2), 6);
  expect(divergence(logs(0, 0), base)).toBe(Number.POSITIVE_INFINITY);
});
