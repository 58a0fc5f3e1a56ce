import { describe, expect, test } from 'vitest';
import { logitsBytes, scoredTokens } from '../../../src/quantizer/evaluate/logits-size.js';

describe('logitsBytes', () => {
  test.each([
    // Sizes of files that llama-perplexity 0.7.0 wrote.
    [{ contextSize: 512, vocabularySize: 1280, chunks: 5 }, 3_284_460],
    [{ contextSize: 512, vocabularySize: 1280, chunks: 12 }, 7_882_676],
    [{ contextSize: 8, vocabularySize: 1280, chunks: 2 }, 15_492],
    [{ contextSize: 100, vocabularySize: 1280, chunks: 2 }, 252_484],
    [{ contextSize: 1500, vocabularySize: 1280, chunks: 2 }, 3_858_884],
  ])('%o is %i', (shape, bytes) => {
    expect(logitsBytes(shape)).toBe(bytes);
  });

  test('the vocabulary is rounded up to an even number', () => {
    const bytes = (vocabularySize: number): number => logitsBytes({ contextSize: 8, vocabularySize, chunks: 1 });
    expect(bytes(1279)).toBe(bytes(1280));
    expect(bytes(1281)).toBeGreaterThan(bytes(1280));
  });

  test("Gemma's large vocabulary takes 134 MB a chunk of 512 tokens", () => {
    const bytes = logitsBytes({ contextSize: 512, vocabularySize: 262_144, chunks: 1 });
    expect(bytes).toBe(20 + 4 * 512 + 255 * 524_296);
  });
});

test('the second half of a chunk is scored, without its last token', () => {
  expect([8, 9, 512].map((contextSize) => scoredTokens({ contextSize }))).toEqual([3, 4, 255]);
});
