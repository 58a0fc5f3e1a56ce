import { expect, test } from 'vitest';
import { sampledRows } from '../../../../src/quantizer/planner/errors/sample-rows.js';

test('one row of each equal part, in order, and the seed decides which', () => {
  const rows = sampledRows(1000, 10, 1);
  expect(rows.map((row) => Math.floor(row / 100))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(sampledRows(1000, 10, 1)).toEqual(rows);
  expect(sampledRows(1000, 10, 2)).not.toEqual(rows);
});

test('all rows where there are no more', () => {
  expect(sampledRows(3, 8, 1)).toEqual([0, 1, 2]);
  expect(sampledRows(3, 3, 1)).toEqual([0, 1, 2]);
});
