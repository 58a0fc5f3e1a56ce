import { describe, expect, test } from 'vitest';
import { tokenizerMerges } from '../../../src/checks/tokenizer/merges.js';
import { findingsOf, testRule } from '../rule-test.js';
import { text, texts, tokenizerFile } from './tokenizer-file.js';

describe('tokenizer/merges', () => {
  testRule(tokenizerMerges, [
    {
      title: 'no merges',
      bytes: tokenizerFile({ model: text('gpt2') }).bytes(),
      message: /is missing, which a gpt2 tokenizer needs/,
    },
  ]);

  test.each([
    tokenizerFile(),
    tokenizerFile({ model: text('gpt2'), pre: text('kimi-k2') }),
    tokenizerFile({ model: text('gpt2'), merges: texts('a b') }),
  ])('accepts good file %#', (file) => {
    expect(findingsOf(tokenizerMerges, file.bytes())).toEqual([]);
  });
});
