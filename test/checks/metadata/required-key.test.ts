import { describe, expect, test } from 'vitest';
import { requiredKey } from '../../../src/checks/metadata/required-key.js';
import { testRule } from '../rule-test.js';
import { type Difference, expectFixed, findingsIn, u32, u32s, wholeModel } from './whole-model.js';

describe('metadata/required-key', () => {
  testRule(requiredKey, [
    {
      title: 'no layers',
      bytes: wholeModel({ keys: { '*.block_count': undefined } }),
      message: /^'llama.block_count' is missing: llama.cpp needs it for 'llama'/,
    },
    {
      title: 'no window in gemma3n',
      bytes: wholeModel({ architecture: 'gemma3n' }),
      message: /^'gemma3n.attention.sliding_window' is missing/,
    },
    {
      title: 'no epsilon',
      bytes: wholeModel({ keys: { '*.attention.layer_norm_rms_epsilon': undefined } }),
      message: /layer_norm_rms_epsilon' is missing/,
    },
  ]);

  test.each<Difference>([
    {},
    { architecture: 'tomorrow', keys: { '*.block_count': undefined } },
    { architecture: 'mamba', keys: { '*.attention.head_count': undefined } },
    { keys: { 'split.no': u32(1), '*.block_count': undefined } },
    // llama.cpp 0.7.0 loads it.
    {
      architecture: 'qwen2vl',
      keys: { '*.attention.layer_norm_rms_epsilon': undefined, '*.rope.dimension_sections': u32s(1, 1, 1, 0) },
    },
  ])('accepts %#', (difference) => {
    expect(findingsIn(requiredKey, difference)).toEqual([]);
  });

  test('its fix is unsafe and changes gemma3.attention.layer_norm_rms_epsilon and gemma3.rope.freq_base and gemma3.rope.freq_base_swa only', () => {
    expectFixed(
      requiredKey,
      { architecture: 'gemma3', keys: { '*.attention.layer_norm_rms_epsilon': undefined } },
      'unsafe',
      ['gemma3.attention.layer_norm_rms_epsilon', 'gemma3.rope.freq_base', 'gemma3.rope.freq_base_swa'],
    );
  });
});
