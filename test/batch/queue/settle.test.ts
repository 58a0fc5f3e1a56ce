import { expect, test } from 'vitest';
import type { BatchPlan, Job } from '../../../src/batch/plan/job.js';
import type { QueueJobState } from '../../../src/batch/queue/queue-work.js';
import { isSettled, readyJobs } from '../../../src/batch/queue/settle.js';

function plan(...jobs: readonly (Pick<Job, 'id'> & Partial<Job>)[]): BatchPlan {
  const base = { kind: 'output', model: 'm', after: [], steps: [], scratchBytes: 0, memoryBytes: 0 } as const;
  return { jobs: jobs.map((job) => ({ ...base, ...job })), notes: [] };
}

function states(all: Readonly<Record<string, QueueJobState['status']>>) {
  return new Map(Object.entries(all).map(([id, status]) => [id, { status }]));
}

test('readyJobs: failed ones only when asked for, those that cannot be done never', () => {
  const of = plan({ id: 'a' }, { id: 'b' }, { id: 'c', problem: { code: 'truncated', message: 'x' } });
  const now = states({ a: 'ready', b: 'failed', c: 'failed' });
  expect(readyJobs(of, now).map(({ id }) => id)).toEqual(['a']);
  expect(readyJobs(of, now, true).map(({ id }) => id)).toEqual(['a', 'b']);
});

test('isSettled: when each job is over, or needs one that will never be done', () => {
  const of = plan({ id: 'a' }, { id: 'b', after: ['a'] }, { id: 'c', after: ['b'] });
  expect(isSettled(of, states({ a: 'done', b: 'done', c: 'done' }))).toBe(true);
  expect(isSettled(of, states({ a: 'done', b: 'failed', c: 'blocked' }))).toBe(true);
  expect(isSettled(of, states({ a: 'done', b: 'ready', c: 'waiting' }))).toBe(false);
  expect(isSettled(of, states({ a: 'ready', b: 'waiting', c: 'waiting' }), new Set(['a']))).toBe(true);
  expect(isSettled(of, states({ a: 'done', b: 'ready', c: 'waiting' }), new Set(['a']))).toBe(false);
});
