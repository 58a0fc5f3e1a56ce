import { expect, test } from 'vitest';
import { randomWords } from '../../../../src/quantizer/planner/random.js';
import { drawToken } from '../../../../src/quantizer/planner/sensitivity/made-text.js';

test('tokens come as often as the scores say', () => {
  const next = randomWords(2);
  const counts = [0, 0, 0];
  for (let i = 0; i < 4000; i += 1) {
    const token = drawToken(Float32Array.of(Math.log(0.6), Math.log(0.4), Number.NEGATIVE_INFINITY), next);
    counts[token] = (counts[token] ?? 0) + 1;
  }
  expect((counts[0] ?? 0) / 4000).toBeCloseTo(0.6, 1);
  expect(counts[2]).toBe(0);
});

test('a certain token is drawn, whatever the number', () => {
  expect(drawToken(Float32Array.of(-100, 5, -100), () => 2 ** 32 - 1)).toBe(1);
});
