import { expect, test } from 'vitest';
import { checkCrashed } from '../../../src/checks/internal/check-crashed.js';
import { cleanFile, findingsOf } from '../rule-test.js';

test('finds nothing by itself: only the engine knows', () => {
  expect(findingsOf(checkCrashed, cleanFile().bytes())).toEqual([]);
});

test('names the rule and the error', () => {
  expect(checkCrashed.describe({ rule: 'a/one', error: 'boom' })).toBe('rule a/one crashed: boom');
});
