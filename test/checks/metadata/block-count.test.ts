import { describe, expect, test } from 'vitest';
import { blockCount } from '../../../src/checks/metadata/block-count.js';
import { testRule } from '../rule-test.js';
import { type Difference, findingsIn, u32, wholeModel } from './whole-model.js';

describe('metadata/block-count', () => {
  testRule(blockCount, [
    {
      title: '0',
      bytes: wholeModel({ keys: { '*.block_count': u32(0) } }),
      message: /is 0, expected 1 to 512: llama.cpp aborts/,
    },
    {
      title: '513',
      bytes: wholeModel({ keys: { '*.block_count': u32(513) } }),
      message: /is 513, expected 1 to 512: llama.cpp aborts/,
    },
    {
      title: '4294967295',
      bytes: wholeModel({ keys: { '*.block_count': u32(4294967295) } }),
      message: /is 4294967295, expected 1 to 512: llama.cpp aborts/,
    },
  ]);

  test.each<Difference>([
    { keys: { '*.block_count': u32(512) } },
    { architecture: 'another-program', keys: { '*.block_count': u32(0) } },
  ])('accepts %#', (difference) => {
    expect(findingsIn(blockCount, difference)).toEqual([]);
  });
});
