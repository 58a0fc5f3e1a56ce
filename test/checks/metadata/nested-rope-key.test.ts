import { describe, expect, test } from 'vitest';
import { nestedRopeKey } from '../../../src/checks/metadata/nested-rope-key.js';
import { testRule } from '../rule-test.js';
import { expectFixed, f32, findingsIn, wholeModel } from './whole-model.js';

describe('metadata/nested-rope-key', () => {
  testRule(nestedRopeKey, [
    {
      title: 'a nested name',
      bytes: wholeModel({ architecture: 'gemma3', keys: { '*.rope.local.freq_base': f32(10000) } }),
      message: /^'gemma3.rope.local.freq_base' is not read by llama.cpp, which looks for 'gemma3.rope.freq_base_swa'/,
    },
  ]);

  test.each([{ keys: { '*.rope.global.freq_base': f32(1), '*.rope.freq_base': f32(1) } }])(
    'accepts %#',
    (difference) => {
      expect(findingsIn(nestedRopeKey, difference)).toEqual([]);
    },
  );

  test('its fix is safe and changes gemma3.rope.freq_base_swa only', () => {
    expectFixed(nestedRopeKey, { architecture: 'gemma3', keys: { '*.rope.local.freq_base': f32(10000) } }, 'safe', [
      'gemma3.rope.freq_base_swa',
    ]);
  });
});
