import { expect, test } from 'vitest';
import type { Job } from '../../../src/batch/plan/job.js';
import { jobStates } from '../../../src/batch/run/job-states.js';
import { jobOf } from '../support/jobs.js';
import { doneRecord, failedRecord } from '../support/records.js';

function statesOf(jobs: readonly Job[], done: readonly string[] = [], failed: readonly string[] = []) {
  const records = {
    done: new Map(done.map((key) => [key, doneRecord(key)])),
    failed: new Map(failed.map((key) => [key, failedRecord(key)])),
  };
  return jobStates({ jobs, notes: [] }, records);
}

const statusOf = (...args: Parameters<typeof statesOf>) => [...statesOf(...args).values()].map(({ status }) => status);

const shared = jobOf('shared', { kind: 'source' });
const user = jobOf('user', { after: ['shared'] });
const problem = { code: 'bad-value', message: 'no' };

test.each([
  ['nothing was done', [shared, user], [], [], ['ready', 'waiting']],
  ['what it needs is done', [shared, user], ['shared'], [], ['done', 'ready']],
  ['all is done', [shared, user], ['shared', 'user'], [], ['done', 'done']],
  ['what it needs failed', [shared, user], [], ['shared'], ['failed', 'blocked']],
  ['it failed', [shared, user], ['shared'], ['user'], ['done', 'failed']],
  ['what it needed is gone and nobody needs it', [shared, user], ['user'], [], ['done', 'done']],
  ['what it needed failed and nobody needs it', [shared, user], ['user'], ['shared'], ['done', 'done']],
  ['all users are skipped', [shared, { ...user, isSkipped: true }], [], [], ['done', 'skipped']],
  ['all users cannot be made', [shared, { ...user, problem }], [], [], ['done', 'failed']],
  [
    'one user is left',
    [shared, user, jobOf('other', { after: ['shared'] })],
    ['user'],
    [],
    ['ready', 'done', 'waiting'],
  ],
  ['it cannot be made though it was', [{ ...user, after: [], problem }], ['user'], [], ['failed']],
  ['a model cannot be read', [{ ...shared, problem }, user], [], [], ['failed', 'blocked']],
] as const)('%s', (_title, jobs, done, failed, expected) => {
  expect(statusOf(jobs, done, failed)).toEqual(expected);
});

test('says why and by whom, and what steps left', () => {
  const steps = [
    { name: 'make', key: 'a' },
    { name: 'check', key: 'b' },
  ] as const;
  const states = statesOf([shared, user, jobOf('two', { steps })], ['a'], ['shared', 'b']);
  expect(states.get('user')).toMatchObject({ status: 'blocked', by: 'shared' });
  expect(states.get('two')).toMatchObject({ status: 'failed', error: { code: 'no-space' }, seconds: 1 });
  expect([...(states.get('two')?.results.keys() ?? [])]).toEqual(['make']);
});

test('blocking goes on', () => {
  const third = jobOf('third', { after: ['user'] });
  expect(statesOf([shared, user, third], [], ['shared']).get('third')).toMatchObject({ status: 'blocked', by: 'user' });
});
