import { describe, expect, test } from 'vitest';
import { tokenizerTokens } from '../../../src/checks/tokenizer/tokens.js';
import { findingsOf, testRule } from '../rule-test.js';
import { ints, text, tokenizerFile } from './tokenizer-file.js';

describe('tokenizer/tokens', () => {
  testRule(tokenizerTokens, [
    {
      title: 'no tokens',
      bytes: tokenizerFile({ tokens: undefined }).bytes(),
      message: /is missing: llama.cpp refuses/,
    },
    {
      title: 'tokens that are numbers',
      bytes: tokenizerFile({ tokens: ints(1) }).bytes(),
      message: /is array of int32, expected array of string/,
    },
    { title: 'one text', bytes: tokenizerFile({ tokens: text('a') }).bytes(), message: /is string, expected array/ },
  ]);

  test.each([tokenizerFile(), tokenizerFile({ model: text('none'), tokens: undefined })])(
    'accepts good file %#',
    (file) => {
      expect(findingsOf(tokenizerTokens, file.bytes())).toEqual([]);
    },
  );
});
