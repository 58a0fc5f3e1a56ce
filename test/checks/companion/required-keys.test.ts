import { describe, expect, test } from 'vitest';
import { requiredKeys } from '../../../src/checks/companion/required-keys.js';
import { findingsOf, testRule } from '../rule-test.js';
import { adapter, companion } from './companion-test.js';

const imatrix = companion('imatrix')
  .metadata('imatrix.datasets', { type: 'array', itemType: 'string', items: ['a.txt'] })
  .metadata('imatrix.chunk_count', { type: 'uint32', value: 2 });

describe('companion/required-keys', () => {
  testRule(requiredKeys, [
    {
      title: 'a missing key',
      bytes: imatrix.bytes(),
      message: /^the imatrix has no 'imatrix\.chunk_size', expected uint32/,
    },
    {
      title: 'a key of another type',
      bytes: imatrix.metadata('imatrix.chunk_size', { type: 'int32', value: 512 }).bytes(),
      message: /^'imatrix\.chunk_size' is int32, expected uint32/,
    },
  ]);

  test('accepts a whole adapter', () => {
    expect(findingsOf(requiredKeys, adapter().bytes())).toEqual([]);
  });
});
