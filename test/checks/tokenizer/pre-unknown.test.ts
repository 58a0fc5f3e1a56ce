import { describe, expect, test } from 'vitest';
import { preUnknown } from '../../../src/checks/tokenizer/pre-unknown.js';
import { findingsOf, testRule } from '../rule-test.js';
import { text, tokenizerFile } from './tokenizer-file.js';

describe('tokenizer/pre-unknown', () => {
  testRule(preUnknown, [
    {
      title: 'an unknown pre-tokenizer',
      bytes: tokenizerFile({ model: text('gpt2'), pre: text('xyz') }).bytes(),
      message: /is 'xyz', which is no pre-tokenizer/,
    },
  ]);

  test.each([
    tokenizerFile(),
    tokenizerFile({ model: text('gpt2'), pre: text('gpt-2') }),
    tokenizerFile({ model: text('gpt2'), pre: text('jina-v2-de') }),
    tokenizerFile({ pre: text('xyz') }),
  ])('accepts good file %#', (file) => {
    expect(findingsOf(preUnknown, file.bytes())).toEqual([]);
  });
});
