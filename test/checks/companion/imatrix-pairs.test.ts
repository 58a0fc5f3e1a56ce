import { describe, expect, test } from 'vitest';
import { imatrixPairs } from '../../../src/checks/companion/imatrix-pairs.js';
import { findingsOf, testRule } from '../rule-test.js';
import { companion } from './companion-test.js';

const sums = companion('imatrix').tensor('x.weight.in_sum2', 'F32', [32, 2]);

describe('companion/imatrix-pairs', () => {
  testRule(imatrixPairs, [
    { title: 'missing counts', bytes: sums.bytes(), message: /has no partner 'x\.weight\.counts'/ },
    {
      title: 'counts of another number of matrices',
      bytes: sums.tensor('x.weight.counts', 'F32', [1, 3]).bytes(),
      message: /^tensor 'x\.weight\.in_sum2' is of 2 matrices, but its counts are of 3/,
    },
    {
      title: 'counts that are no F32',
      bytes: sums.tensor('x.weight.counts', 'F16', [1, 2]).bytes(),
      message: /^tensor 'x\.weight\.counts' is F16, expected F32/,
    },
  ]);

  test('accepts pairs', () => {
    expect(findingsOf(imatrixPairs, sums.tensor('x.weight.counts', 'F32', [1, 2]).bytes())).toEqual([]);
  });
});
