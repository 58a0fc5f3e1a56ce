import { expect, test } from 'vitest';
import { relativeError, weightedError } from '../../../../src/quantizer/planner/errors/weighted-error.js';

const weights = Float32Array.of(1, 2, 3, 4);
const copies = Float32Array.of(1, 2.5, 3, 3);

test('squared errors against squared weights', () => {
  const sums = weightedError({ weights, copies, columns: 2, importance: undefined });
  expect(sums).toEqual({ error: 1.25, signal: 30 });
  expect(relativeError([sums])).toBeCloseTo(1.25 / 30, 12);
});

test('columns count by their importance, and its scale does not matter', () => {
  const of = (...importance: number[]) =>
    relativeError([weightedError({ weights, copies, columns: 2, importance: Float32Array.from(importance) })]);
  expect(of(1, 0)).toBe(0); // both errors are in the second column
  expect(of(0, 1)).toBeCloseTo(1.25 / (30 * 0.5), 6);
  expect(of(100, 300)).toBeCloseTo(of(1, 3), 6);
});

test('matrices add up; weights that are all zero have no error', () => {
  expect(
    relativeError([
      { error: 1, signal: 10 },
      { error: 3, signal: 10 },
    ]),
  ).toBe(0.2);
  expect(relativeError([{ error: 0, signal: 0 }])).toBe(0);
});
