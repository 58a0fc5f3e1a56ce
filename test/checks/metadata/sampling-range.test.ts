import { describe, expect, test } from 'vitest';
import { samplingRange } from '../../../src/checks/metadata/sampling-range.js';
import { testRule } from '../rule-test.js';
import { f32, findingsIn, wholeModel } from './whole-model.js';

describe('metadata/sampling-range', () => {
  testRule(samplingRange, [
    {
      title: 'a percentage',
      bytes: wholeModel({ keys: { 'general.sampling.top_p': f32(95) } }),
      message: /is 95, expected a number from 0 to 1/,
    },
    {
      title: 'NaN',
      bytes: wholeModel({ keys: { 'general.sampling.temp': f32(Number.NaN) } }),
      message: /is NaN, expected a number from 0 up/,
    },
    {
      title: 'a negative temperature',
      bytes: wholeModel({ keys: { 'general.sampling.temp': f32(-1) } }),
      message: /is -1/,
    },
  ]);

  test.each([{ keys: { 'general.sampling.temp': f32(0), 'general.sampling.min_p': f32(1) } }])(
    'accepts %#',
    (difference) => {
      expect(findingsIn(samplingRange, difference)).toEqual([]);
    },
  );
});
