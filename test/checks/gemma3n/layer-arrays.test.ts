import { describe, expect, test } from 'vitest';
import { layerArrays } from '../../../src/checks/gemma3n/layer-arrays.js';
import type { BuilderValue } from '../../support/gguf-builder.js';
import { cleanFile, findingsOf, testRule } from '../rule-test.js';

const KEY = 'gemma3n.attention.sliding_window_pattern';
const pattern = (value: BuilderValue): Uint8Array => cleanFile().metadata(KEY, value).bytes();
const bools = (length: number) => ({ type: 'array', itemType: 'bool', items: Array(length).fill(true) }) as const;

describe('gemma3n/layer-arrays', () => {
  testRule(layerArrays, [
    {
      title: 'too few values',
      bytes: pattern(bools(29)),
      message: /is 29 bool values, expected 30 bool values: Ollama before 0\.30 crashes/,
      name: KEY,
    },
    { title: 'a number', bytes: pattern({ type: 'uint32', value: 5 }), data: { found: 'uint32' } },
    {
      title: 'doubles',
      bytes: cleanFile()
        .metadata('gemma3n.activation_sparsity_scale', { type: 'array', itemType: 'float64', items: Array(30).fill(1) })
        .bytes(),
      data: { found: '30 float64 values', expected: '30 float32 values' },
    },
  ]);

  test('accepts a value for each layer', () => {
    expect(findingsOf(layerArrays, pattern(bools(30)))).toEqual([]);
  });
});
