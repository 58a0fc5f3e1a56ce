import { expect, test } from 'vitest';
import { gain, lowerHull } from '../../../../src/quantizer/planner/solver/hull.js';
import type { Offer } from '../../../../src/quantizer/planner/solver/item.js';

const offer = (bytes: number, cost: number): Offer => ({ type: 'Q4_K', bytes, cost });

test('points above a line between others are dropped, and those that are larger without being better', () => {
  const [a, b, c] = [offer(1, 100), offer(2, 40), offer(4, 10)];
  const above = offer(3, 30);
  const worse = offer(5, 10);
  expect(lowerHull([worse, c, above, b, a])).toEqual([a, b, c]);
});

test('each byte more brings less', () => {
  const hull = lowerHull([offer(1, 9), offer(2, 8), offer(3, 1), offer(4, 0.9), offer(5, 0.7), offer(6, 0)]);
  const gains = hull.slice(1).map((each, i) => gain(hull[i] ?? each, each));
  expect(hull.map(({ bytes }) => bytes)).toEqual([1, 3, 6]);
  expect(gains).toEqual([...gains].sort((a, b) => b - a));
});

test('of the same size only the better counts; one offer is its own hull', () => {
  expect(lowerHull([offer(2, 5), offer(2, 3)])).toEqual([offer(2, 3)]);
  expect(lowerHull([offer(2, 0), offer(3, 0)])).toEqual([offer(2, 0)]);
  expect(lowerHull([])).toEqual([]);
});
