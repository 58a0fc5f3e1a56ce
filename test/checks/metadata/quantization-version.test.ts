import { describe, expect, test } from 'vitest';
import { quantizationVersion } from '../../../src/checks/metadata/quantization-version.js';
import { testRule } from '../rule-test.js';
import { type Difference, expectFixed, findingsIn, u32, wholeModel } from './whole-model.js';

describe('metadata/quantization-version', () => {
  testRule(quantizationVersion, [
    {
      title: 'none in a quantized model',
      bytes: wholeModel({ type: 'Q8_0' }),
      message: /is missing from a quantized model, expected 2/,
    },
    {
      title: 'an unknown one',
      bytes: wholeModel({ type: 'Q8_0', keys: { 'general.quantization_version': u32(9) } }),
      message: /is 9, expected 2/,
    },
  ]);

  test.each<Difference>([{ type: 'Q8_0', keys: { 'general.quantization_version': u32(2) } }, { type: 'BF16' }])(
    'accepts %#',
    (difference) => {
      expect(findingsIn(quantizationVersion, difference)).toEqual([]);
    },
  );

  test('its fix is safe and changes general.quantization_version only', () => {
    expectFixed(quantizationVersion, { type: 'Q8_0' }, 'safe', ['general.quantization_version']);
  });
});
