import { expect, test } from 'vitest';
import { usersOf } from '../../../src/batch/plan/users-of.js';
import { jobOf } from '../support/jobs.js';

test('finds the jobs that need a job, in the order of the plan', () => {
  const [a, b, c] = [jobOf('a'), jobOf('b', { after: ['a'] }), jobOf('c', { after: ['a', 'b'] })];
  expect([...usersOf([a, b, c])]).toEqual([
    ['a', [b, c]],
    ['b', [c]],
  ]);
});
