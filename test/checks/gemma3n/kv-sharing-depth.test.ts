import { describe, expect, test } from 'vitest';
import { kvSharingDepth } from '../../../src/checks/gemma3n/kv-sharing-depth.js';
import { cleanFile, findingsOf, testRule } from '../rule-test.js';

const KEY = 'gemma3n.attention.shared_kv_layers';
const shared = (value: number): Uint8Array => cleanFile().metadata(KEY, { type: 'uint32', value }).bytes();

describe('gemma3n/kv-sharing-depth', () => {
  testRule(kvSharingDepth, [
    {
      title: 'the depth of E4B in a model of 30 layers',
      bytes: shared(15),
      message: /is 15 of 30 layers, expected 10: llama\.cpp shares from layer 20 on/,
      name: KEY,
    },
  ]);

  test.each([10, 31])('is silent about %d of 30', (value) => {
    expect(findingsOf(kvSharingDepth, shared(value))).toEqual([]);
  });
});
