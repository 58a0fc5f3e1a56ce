import { describe, expect, test } from 'vitest';
import { ropeDimensionCount } from '../../../src/checks/metadata/rope-dimension-count.js';
import { testRule } from '../rule-test.js';
import { type Difference, expectFixed, findingsIn, u32, wholeModel } from './whole-model.js';

describe('metadata/rope-dimension-count', () => {
  testRule(ropeDimensionCount, [
    {
      title: 'another length than a head',
      bytes: wholeModel({ keys: { '*.rope.dimension_count': u32(12) } }),
      message: /is 12, expected 16, the length of a head/,
    },
  ]);

  test.each<Difference>([
    { keys: { '*.rope.dimension_count': u32(16) } },
    { architecture: 'phi2', keys: { '*.rope.dimension_count': u32(8) } },
    { keys: { '*.attention.head_count': u32(3), '*.rope.dimension_count': u32(12) } },
  ])('accepts %#', (difference) => {
    expect(findingsIn(ropeDimensionCount, difference)).toEqual([]);
  });

  test('its fix is safe and changes llama.rope.dimension_count only', () => {
    expectFixed(ropeDimensionCount, { keys: { '*.rope.dimension_count': u32(12) } }, 'safe', [
      'llama.rope.dimension_count',
    ]);
  });
});
