import { expect, test } from 'vitest';
import { layerRanges } from '../../src/report/layer-ranges.js';

test.each([
  [[], ''],
  [[3], '3'],
  [[4, 3], '3-4'],
  [[29, 0, 2, 3, 4, 3], '0, 2-4, 29'],
])('%j', (layers, text) => {
  expect(layerRanges(layers)).toBe(text);
});
