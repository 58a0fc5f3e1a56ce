import { expect, test } from 'vitest';
import { fittingType } from '../../../src/quantizer/recipes/shape-fallback.js';

test.each([
  ['Q4_K', 512n, 'Q4_K'],
  ['Q4_K', 288n, 'Q5_0'],
  ['Q5_K', 288n, 'Q5_1'],
  ['Q6_K', 288n, 'Q8_0'],
  ['Q2_K', 288n, 'Q4_0'],
  ['IQ1_M', 288n, 'IQ4_NL'],
  ['IQ4_XS', 288n, 'IQ4_NL'],
  ['TQ2_0', 288n, 'Q4_0'],
  ['Q2_0', 64n, 'Q2_0'],
  ['Q2_0', 96n, 'Q4_0'],
  ['Q4_K', 20n, 'F16'],
  ['Q8_0', 32n, 'Q8_0'],
  ['Q8_0', 20n, 'F16'],
  ['MXFP4', 20n, 'F16'],
  ['NVFP4', 96n, 'F16'],
  ['BF16', 7n, 'BF16'],
] as const)('%s in rows of %d is %s', (type, weights, expected) => {
  expect(fittingType(type, weights)).toBe(expected);
});
