import { describe, expect, test } from 'vitest';
import { expertCount } from '../../../src/checks/metadata/expert-count.js';
import { testRule } from '../rule-test.js';
import { type Difference, findingsIn, u32, u32s, wholeModel } from './whole-model.js';

describe('metadata/expert-count', () => {
  testRule(expertCount, [
    {
      title: 'none used',
      bytes: wholeModel({ keys: { '*.expert_count': u32(8) } }),
      message: /none of 8 experts is used: llama.cpp aborts/,
    },
    {
      title: 'too many used',
      bytes: wholeModel({ keys: { '*.expert_count': u32(8), '*.expert_used_count': u32(9) } }),
      message: /9 experts are used of 8/,
    },
    {
      title: 'too many',
      bytes: wholeModel({ keys: { '*.expert_count': u32(1025), '*.expert_used_count': u32(8) } }),
      message: /1025 experts, but there is room for 1024/,
    },
    {
      title: 'used ones of none',
      bytes: wholeModel({ keys: { '*.expert_used_count': u32(2) } }),
      message: /^'llama.expert_used_count': 2 experts are used of 0/,
    },
  ]);

  test.each<Difference>([
    { keys: { '*.expert_count': u32(1024), '*.expert_used_count': u32s(8) } },
    { keys: { '*.expert_count': u32(0) } },
    { architecture: 'hunyuan-dense', keys: { '*.expert_used_count': u32(1) } },
  ])('accepts %#', (difference) => {
    expect(findingsIn(expertCount, difference)).toEqual([]);
  });
});
