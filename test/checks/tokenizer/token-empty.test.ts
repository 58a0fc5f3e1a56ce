import { describe, expect, test } from 'vitest';
import { tokenEmpty } from '../../../src/checks/tokenizer/token-empty.js';
import { findingsOf, testRule } from '../rule-test.js';
import { texts, tokenizerFile } from './tokenizer-file.js';

describe('tokenizer/token-empty', () => {
  testRule(tokenEmpty, [
    {
      title: 'two empty tokens',
      bytes: tokenizerFile({ tokens: texts('a', '', 'b', '') }).bytes(),
      message: /has 2 tokens without text, the first with id 1/,
    },
  ]);

  test.each([tokenizerFile()])('accepts good file %#', (file) => {
    expect(findingsOf(tokenEmpty, file.bytes())).toEqual([]);
  });
});
