import { describe, expect, test } from 'vitest';
import { shortLabels } from '../../../src/report/evaluation/labels.js';

describe('shortLabels', () => {
  test('leave out folders, the ending and the words that all begin with', () => {
    expect(shortLabels(['q/gemma-3n-Q4_K_M.gguf', 'q/gemma-3n-UD-Q4_K_XL.gguf', 'q/gemma-3n-Q6_K.gguf'])).toEqual([
      'Q4_K_M',
      'UD-Q4_K_XL',
      'Q6_K',
    ]);
  });

  test('cut between words only', () => {
    expect(shortLabels(['model-Q4_0.gguf', 'model-Q5_0.gguf'])).toEqual(['Q4_0', 'Q5_0']);
  });

  test('leave no name empty', () => {
    expect(shortLabels(['a-.gguf', 'a-b.gguf'])).toEqual(['a-', 'a-b']);
    expect(shortLabels(['gemma.gguf', 'gemma-Q4_0.gguf'])).toEqual(['gemma', 'gemma-Q4_0']);
  });

  test('of one file is its whole name', () => {
    expect(shortLabels(['/x/gemma-3n-Q4_K_M.gguf'])).toEqual(['gemma-3n-Q4_K_M']);
    expect(shortLabels([])).toEqual([]);
  });

  test('of a shard is that of its set', () => {
    expect(shortLabels(['m-Q4_0-00001-of-00003.gguf', 'm-Q6_K.gguf'])).toEqual(['Q4_0', 'Q6_K']);
  });

  test('of files with the same name is told by their folders', () => {
    expect(shortLabels(['/q/one/m.gguf', '/q/two/m.gguf'])).toEqual(['one/m.gguf', 'two/m.gguf']);
    expect(shortLabels(['q\\one\\m.gguf', 'q\\two\\m.gguf'])).toEqual(['one/m.gguf', 'two/m.gguf']);
  });
});
