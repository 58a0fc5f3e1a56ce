import { describe, expect, test } from 'vitest';
import { perLayerArray } from '../../../src/checks/metadata/per-layer-array.js';
import { testRule } from '../rule-test.js';
import { type Difference, expectFixed, findingsIn, u32s, wholeModel } from './whole-model.js';

describe('metadata/per-layer-array', () => {
  testRule(perLayerArray, [
    {
      title: 'two heads for one layer',
      bytes: wholeModel({ keys: { '*.attention.head_count': u32s(4, 2) } }),
      message: /has 2 elements, expected 1.*refuses/,
    },
  ]);

  test.each<Difference>([{ keys: { '*.attention.head_count': u32s(4) } }])('accepts %#', (difference) => {
    expect(findingsIn(perLayerArray, difference)).toEqual([]);
  });

  test('its fix is unsafe and changes llama.attention.head_count only', () => {
    expectFixed(perLayerArray, { keys: { '*.attention.head_count': u32s(4, 4) } }, 'unsafe', [
      'llama.attention.head_count',
    ]);
  });

  test('what llama.cpp takes in any length is a warning, and elements that differ have no fix', () => {
    const pattern = { architecture: 'gemma4', keys: { '*.attention.sliding_window_pattern': u32s(1, 0) } };
    expect(findingsIn(perLayerArray, pattern)).toMatchObject([
      { severity: 'warning', message: expect.stringContaining("sliding_window_pattern' has 2 elements") },
    ]);
    const [sparsity] = findingsIn(perLayerArray, {
      architecture: 'gemma3n',
      keys: { '*.activation_sparsity_scale': { type: 'array', itemType: 'float32', items: [1, 2] } },
    });
    expect(sparsity).toMatchObject({ severity: 'warning' });
    expect(sparsity!.fix).toBeUndefined();
    expect(findingsIn(perLayerArray, { keys: { '*.feed_forward_length': u32s(96, 95) } })[0]!.fix).toBeUndefined();
  });
});
