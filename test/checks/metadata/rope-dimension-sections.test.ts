import { describe, expect, test } from 'vitest';
import { ropeDimensionSections } from '../../../src/checks/metadata/rope-dimension-sections.js';
import { testRule } from '../rule-test.js';
import { type Difference, expectFixed, findingsIn, u32s, wholeModel } from './whole-model.js';

describe('metadata/rope-dimension-sections', () => {
  testRule(ropeDimensionSections, [
    {
      title: 'three',
      bytes: wholeModel({ architecture: 'qwen2vl', keys: { '*.rope.dimension_sections': u32s(16, 24, 24) } }),
      message: /has 3 elements, expected 4/,
    },
  ]);

  test.each<Difference>([
    { architecture: 'qwen2vl', keys: { '*.rope.dimension_sections': u32s(16, 24, 24, 0) } },
    { keys: { '*.rope.dimension_sections': u32s(1, 1, 1) } },
  ])('accepts %#', (difference) => {
    expect(findingsIn(ropeDimensionSections, difference)).toEqual([]);
  });

  test('its fix is safe and changes qwen2vl.rope.dimension_sections only', () => {
    expectFixed(
      ropeDimensionSections,
      { architecture: 'qwen2vl', keys: { '*.rope.dimension_sections': u32s(16, 24, 24) } },
      'safe',
      ['qwen2vl.rope.dimension_sections'],
    );
  });
});
