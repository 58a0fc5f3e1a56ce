import { describe, expect, test } from 'vitest';
import { tokenizerArrayLength } from '../../../src/checks/tokenizer/array-length.js';
import { findingsOf, testRule } from '../rule-test.js';
import { floats, ints, tokenizerFile } from './tokenizer-file.js';

describe('tokenizer/array-length', () => {
  testRule(tokenizerArrayLength, [
    {
      title: 'too few scores',
      bytes: tokenizerFile({ scores: floats(0) }).bytes(),
      message: /has 1 elements, expected 4/,
    },
    {
      title: 'too few types',
      bytes: tokenizerFile({ token_type: ints(1, 1, 1) }).bytes(),
      message: /has 3 elements, expected 4/,
    },
  ]);

  test.each([tokenizerFile()])('accepts good file %#', (file) => {
    expect(findingsOf(tokenizerArrayLength, file.bytes())).toEqual([]);
  });
});
