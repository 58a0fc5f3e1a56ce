import { expect, test } from 'vitest';
import { backOff, canHeal } from '../../../src/batch/run/heal.js';

test.each([
  [true, 'locked', ''],
  [true, 'worker-died', ''],
  [true, 'no-space', ''],
  [true, 'file-changed', ''],
  [true, 'system', 'EIO: i/o error, read'],
  [true, 'engine-failed', 'llama-quantize was ended by SIGKILL'],
  [false, 'engine-failed', 'llama-quantize ended with exit code 1: bad tensor SIGKILLED'],
  [false, 'verification-failed', ''],
  [false, 'header-unreadable', ''],
  [false, 'not-writable', ''],
  [false, 'over-limit', ''],
  [false, 'aborted', ''],
  [false, 'internal', ''],
])('%s: %s %s', (expected, code, message) => {
  expect(canHeal({ code, message })).toBe(expected);
});

test('rests ever longer, up to a minute', () => {
  expect([1, 2, 3, 4, 5, 50].map(backOff)).toEqual([1, 4, 16, 60, 60, 60]);
});
