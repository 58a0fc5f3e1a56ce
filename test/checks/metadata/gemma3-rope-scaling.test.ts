import { describe, expect, test } from 'vitest';
import { gemma3RopeScaling } from '../../../src/checks/metadata/gemma3-rope-scaling.js';
import { testRule } from '../rule-test.js';
import { type Difference, expectFixed, f32, findingsIn, u32, wholeModel } from './whole-model.js';

describe('metadata/gemma3-rope-scaling', () => {
  testRule(gemma3RopeScaling, [
    {
      title: 'a long context',
      bytes: wholeModel({ architecture: 'gemma3', keys: { '*.context_length': u32(131072) } }),
      message: /'gemma3.rope.scaling.type' is missing though 'gemma3.context_length' is 131072/,
    },
  ]);

  test.each<Difference>([
    { architecture: 'gemma3', keys: { '*.context_length': u32(32768) } },
    { architecture: 'gemma3', keys: { '*.context_length': u32(131072), '*.rope.scaling.factor': f32(8) } },
    { keys: { '*.context_length': u32(131072) } },
  ])('accepts %#', (difference) => {
    expect(findingsIn(gemma3RopeScaling, difference)).toEqual([]);
  });

  test('its fix is unsafe and changes gemma3.rope.scaling.type and gemma3.rope.scaling.factor only', () => {
    expectFixed(gemma3RopeScaling, { architecture: 'gemma3', keys: { '*.context_length': u32(131072) } }, 'unsafe', [
      'gemma3.rope.scaling.type',
      'gemma3.rope.scaling.factor',
    ]);
  });
});
