import { describe, expect, test } from 'vitest';
import { feedForwardLength } from '../../../src/checks/metadata/feed-forward-length.js';
import { testRule } from '../rule-test.js';
import { type Difference, expectFixed, findingsIn, u32, u32s, wholeModel } from './whole-model.js';

describe('metadata/feed-forward-length', () => {
  testRule(feedForwardLength, [
    {
      title: 'another number than there are rows',
      bytes: wholeModel({ keys: { '*.feed_forward_length': u32(128) } }),
      message: /is 128, but tensor 'blk.0.ffn_gate.weight' has 96 rows/,
    },
  ]);

  test.each<Difference>([
    { keys: { '*.feed_forward_length': u32s(96) } },
    // As llama.cpp 0.7.0 wants them: a gate of half the rows, one as wide as the embeddings, one that nobody knows.
    { architecture: 'qwen', keys: { '*.feed_forward_length': u32(192) } },
    { architecture: 'arctic', keys: { '*.feed_forward_length': u32(64) } },
    { architecture: 'unknown', keys: { '*.feed_forward_length': u32(64) } },
  ])('accepts %#', (difference) => {
    expect(findingsIn(feedForwardLength, difference)).toEqual([]);
  });

  test('its fix is safe and changes llama.feed_forward_length only', () => {
    expectFixed(feedForwardLength, { keys: { '*.feed_forward_length': u32(128) } }, 'safe', [
      'llama.feed_forward_length',
    ]);
  });
});
