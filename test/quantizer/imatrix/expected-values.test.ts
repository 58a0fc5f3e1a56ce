import { expect, test } from 'vitest';
import { expectedValues } from '../../../src/quantizer/imatrix/expected-values.js';

test.each([
  [[8n], 8],
  [[8n, 3n], 8],
  [[8n, 3n, 5n], 40],
  [[], 1],
])('of %s: %s', (dims, values) => {
  expect(expectedValues({ dims })).toBe(values);
});
