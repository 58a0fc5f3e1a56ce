import { expect, test } from 'vitest';
import type { Job } from '../../../src/batch/plan/job.js';
import { peakBytes } from '../../../src/batch/plan/peak-bytes.js';

function job(kind: Job['kind'], scratchBytes: number, bytes?: number, isInPlace = false): Job {
  const base = { id: `${kind} ${scratchBytes}`, kind, model: 'm', after: [], steps: [], scratchBytes, memoryBytes: 0 };
  if (kind !== 'output') return base;
  return { ...base, output: { path: 'p', label: 'l', isInPlace, bytes, isExact: true } };
}

test('outputs and scores stay; what passes counts for as many jobs as run at once', () => {
  const jobs = [job('scores', 50), job('output', 200, 100), job('output', 90, 60), job('output', 10, undefined)];
  expect(peakBytes(jobs, 1)).toBe(50 + 100 + 60 + 10 + 100);
  expect(peakBytes(jobs, 2)).toBe(50 + 100 + 60 + 10 + 100 + 30);
});

test('a repair in place keeps nothing more', () => {
  const jobs = [job('output', 30, 1000, true), job('output', 40, 1000, true), job('source', 0)];
  expect(peakBytes(jobs, 1)).toBe(40);
  expect(peakBytes([], 2)).toBe(0);
});
