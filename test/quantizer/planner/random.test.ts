import { expect, test } from 'vitest';
import { randomFraction, randomWords } from '../../../src/quantizer/planner/random.js';

test('a seed decides the numbers, and neighbouring seeds give others', () => {
  const numbers = (seed: number): number[] => {
    const next = randomWords(seed);
    return Array.from({ length: 8 }, () => next());
  };
  expect(numbers(1)).toEqual(numbers(1));
  expect(new Set([0, 1, 2, 3, -1].flatMap(numbers)).size).toBe(40);
});

test('fractions lie evenly from 0 to 1, and the bits are balanced', () => {
  const next = randomWords(7);
  const fractions = Array.from({ length: 10_000 }, () => randomFraction(next));
  expect(Math.min(...fractions)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...fractions)).toBeLessThan(1);
  expect(fractions.reduce((sum, each) => sum + each, 0) / 10_000).toBeCloseTo(0.5, 1);
  const ones = Array.from({ length: 1000 }, () => next().toString(2).replaceAll('0', '').length);
  expect(ones.reduce((sum, each) => sum + each, 0) / 1000).toBeCloseTo(16, 0);
});
