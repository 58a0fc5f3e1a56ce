import { expect, test } from 'vitest';
import { labelFiles, measuredFiles } from '../../../src/report/evaluation/report.js';
import { REPORT } from './reports.js';

test('measured files have labels and know whether another beats them, in the order of the report', () => {
  const seen = measuredFiles(REPORT).map(({ label, isOnFront, bytes }) => [label, isOnFront, bytes]);
  expect(seen).toEqual([
    ['Q8_0', true, 34_248_224],
    ['Q4_0', false, 24_000_000],
    ['Q4_K_M', true, 23_722_784],
  ]);
});

test('failed files stay where they are', () => {
  expect(labelFiles(REPORT)[1]).toEqual(REPORT.files[1]);
  expect(labelFiles({ files: [] })).toEqual([]);
});
