import { describe, expect, test } from 'vitest';
import { tokenizerModel } from '../../../src/checks/tokenizer/model.js';
import { findingsOf, testRule } from '../rule-test.js';
import { text, tokenizerFile } from './tokenizer-file.js';

describe('tokenizer/model', () => {
  testRule(tokenizerModel, [
    { title: 'no model', bytes: tokenizerFile({ model: undefined }).bytes(), message: /is missing beside/ },
    {
      title: 'an unknown model',
      bytes: tokenizerFile({ model: text('xyz') }).bytes(),
      message: /is 'xyz', which is no tokenizer/,
    },
    {
      title: 'no tokenizer in a model that embeds tokens',
      bytes: tokenizerFile({ model: text('no_vocab') }).bytes(),
      message: /aborts when it is given text/,
    },
  ]);

  test.each([tokenizerFile(), tokenizerFile({ model: text('gpt2') })])('accepts good file %#', (file) => {
    expect(findingsOf(tokenizerModel, file.bytes())).toEqual([]);
  });
});
