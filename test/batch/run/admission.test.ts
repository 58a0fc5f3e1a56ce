import { expect, test } from 'vitest';
import { admit } from '../../../src/batch/run/admission.js';
import { jobOf } from '../support/jobs.js';

const CAPACITY = { jobs: 2, memory: 100, disk: 1000 };
const job = (memoryBytes: number, scratchBytes: number) => jobOf('j', { memoryBytes, scratchBytes });

test.each([
  ['starts with just enough', job(100, 1000), [], { kind: 'start' }],
  ['starts beside another with just enough', job(60, 400), [job(40, 600)], { kind: 'start' }],
  ['waits for memory', job(61, 0), [job(40, 0)], { kind: 'wait' }],
  ['waits for disk', job(0, 401), [job(0, 600)], { kind: 'wait' }],
  ['waits for a place', job(0, 0), [job(0, 0), job(0, 0)], { kind: 'wait' }],
  ['never fits into memory', job(101, 0), [], { kind: 'refuse', what: 'memory', need: 101, have: 100 }],
  ['never fits on the disk', job(0, 1001), [], { kind: 'refuse', what: 'disk', need: 1001, have: 1000 }],
  ['is not refused while others may leave room', job(101, 1001), [job(0, 0)], { kind: 'wait' }],
] as const)('a job that %s', (_title, wanted, running, expected) => {
  expect(admit(wanted, running, CAPACITY)).toEqual(expected);
});
