import { describe, expect, test } from 'vitest';
import { fileType } from '../../../src/checks/metadata/file-type.js';
import { testRule } from '../rule-test.js';
import { type Difference, expectFixed, findingsIn, u32, wholeModel } from './whole-model.js';

describe('metadata/file-type', () => {
  testRule(fileType, [
    {
      title: 'a type that no tensor has',
      bytes: wholeModel({ type: 'Q8_0', keys: { 'general.file_type': u32(15) } }),
      message: /is 15 \(Q4_K_M\), but no tensor is of that type; most weights are Q8_0/,
    },
    {
      title: 'an unknown number',
      bytes: wholeModel({ keys: { 'general.file_type': u32(999) } }),
      message: /is 999, which stands for no file type/,
    },
  ]);

  test.each<Difference>([
    { type: 'Q8_0', keys: { 'general.file_type': u32(7) } },
    { type: 'BF16', keys: { 'general.file_type': u32(1056) } },
    // What llama-quantize makes of rows of 64 weights.
    ...(
      [
        [15, 'Q5_0'],
        [17, 'Q5_1'],
        [18, 'Q8_0'],
        [10, 'Q4_0'],
        [30, 'IQ4_NL'],
        [38, 'Q8_0'],
        [4, 'Q4_1'],
      ] as const
    ).map(([id, type]): Difference => ({ type, keys: { 'general.file_type': u32(id) } })),
    { keys: { 'general.file_type': u32(15), 'split.count': u32(2) } },
  ])('accepts %#', (difference) => {
    expect(findingsIn(fileType, difference)).toEqual([]);
  });

  test('its fix is unsafe and changes general.file_type only', () => {
    expectFixed(fileType, { type: 'Q8_0', keys: { 'general.file_type': u32(15) } }, 'unsafe', ['general.file_type']);
  });
});
