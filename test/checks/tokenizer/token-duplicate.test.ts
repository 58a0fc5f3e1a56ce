import { describe, expect, test } from 'vitest';
import { tokenDuplicate } from '../../../src/checks/tokenizer/token-duplicate.js';
import { findingsOf, testRule } from '../rule-test.js';
import { texts, tokenizerFile } from './tokenizer-file.js';

describe('tokenizer/token-duplicate', () => {
  testRule(tokenDuplicate, [
    {
      title: 'a repeated token',
      bytes: tokenizerFile({ tokens: texts('a', 'b', 'a', 'b') }).bytes(),
      message: /has 'a' twice, as tokens 0 and 2, and 1 more/,
    },
  ]);

  test.each([tokenizerFile(), tokenizerFile({ tokens: texts('', '', 'a') })])('accepts good file %#', (file) => {
    expect(findingsOf(tokenDuplicate, file.bytes())).toEqual([]);
  });
});
