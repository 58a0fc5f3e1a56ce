import { describe, expect, test } from 'vitest';
import { samplingRecommended } from '../../../src/checks/metadata/sampling-recommended.js';
import { testRule } from '../rule-test.js';
import { type Difference, expectFixed, f32, findingsIn, wholeModel } from './whole-model.js';

describe('metadata/sampling-recommended', () => {
  testRule(samplingRecommended, [
    {
      title: 'another temperature',
      bytes: wholeModel({ architecture: 'gemma3n', keys: { 'general.sampling.temp': f32(0.5) } }),
      message: /is 0.5; for Gemma 3n 1 is recommended/,
    },
  ]);

  test.each<Difference>([
    { keys: { 'general.sampling.temp': f32(0.5) } },
    { architecture: 'gemma3n' },
    { architecture: 'gemma3n', keys: { 'general.sampling.top_p': f32(0.95) } },
  ])('accepts %#', (difference) => {
    expect(findingsIn(samplingRecommended, difference)).toEqual([]);
  });

  test('its fix is unsafe and changes general.sampling.top_k only', () => {
    expectFixed(
      samplingRecommended,
      { architecture: 'gemma3n', keys: { 'general.sampling.top_k': { type: 'int32', value: 40 } } },
      'unsafe',
      ['general.sampling.top_k'],
    );
  });

  test('its fix is unsafe and changes general.sampling.top_p only', () => {
    expectFixed(
      samplingRecommended,
      { architecture: 'gemma3n', keys: { 'general.sampling.top_p': f32(0.5) } },
      'unsafe',
      ['general.sampling.top_p'],
    );
  });
});
