import { expect, test } from 'vitest';
import { matchesWildcard } from '../../src/checks/wildcard.js';

test.each([
  ['', '', true],
  ['', 'a', false],
  ['*', '', true],
  ['*', 'anything at all', true],
  ['a*', 'abc', true],
  ['a*c', 'abcbc', true],
  ['a*b*c', 'axxbyyc', true],
  ['a*b*c', 'axxcyyb', false],
  ['?', '', false],
  ['a?c', 'abc', true],
  ['**', 'x', true],
  ['a.c', 'abc', false],
  ['[a]', 'a', false],
])('%j against %j is %s', (pattern, name, expected) => {
  expect(matchesWildcard(pattern, name)).toBe(expected);
});

// One that tried every way to match would not end before the test's limit.
test('many stars against a long name come to an end', () => {
  expect(matchesWildcard(`${'*a'.repeat(500)}b`, 'a'.repeat(60_000))).toBe(false);
});
