import { describe, expect, test } from 'vitest';
import { headCount } from '../../../src/checks/metadata/head-count.js';
import { testRule } from '../rule-test.js';
import { type Difference, findingsIn, u32, u32s, wholeModel } from './whole-model.js';

describe('metadata/head-count', () => {
  testRule(headCount, [
    {
      title: 'no heads',
      bytes: wholeModel({ keys: { '*.attention.head_count': u32(0) } }),
      message: /head_count' is 0/,
    },
    {
      title: 'no key-value heads',
      bytes: wholeModel({ keys: { '*.attention.head_count_kv': u32(0) } }),
      message: /head_count_kv' is 0/,
    },
    {
      title: 'heads that do not divide the width',
      bytes: wholeModel({ keys: { '*.attention.head_count': u32(3) } }),
      message: /is 3, which does not divide the embedding length 64/,
    },
    {
      title: 'key-value heads that do not divide the heads',
      bytes: wholeModel({ keys: { '*.attention.head_count_kv': u32(3) } }),
      message: /is 3, which does not divide the 4 heads/,
    },
    {
      title: 'more key-value heads than heads',
      bytes: wholeModel({ keys: { '*.attention.head_count_kv': u32s(8) } }),
      message: /is 8, which does not divide the 4 heads/,
    },
  ]);

  test.each<Difference>([
    { keys: { '*.attention.head_count_kv': u32(2) } },
    { keys: { '*.attention.head_count': u32(3), '*.attention.key_length': u32(16) } },
    { architecture: 'mamba', keys: { '*.attention.head_count': u32(0) } },
    { keys: { '*.attention.head_count': u32s(4, 0), '*.attention.head_count_kv': u32s(2, 0) } },
  ])('accepts %#', (difference) => {
    expect(findingsIn(headCount, difference)).toEqual([]);
  });
});
