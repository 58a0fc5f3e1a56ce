import { describe, expect, test } from 'vitest';
import { tokenCount } from '../../../src/checks/tokenizer/token-count.js';
import { findingsOf, testRule } from '../rule-test.js';
import { tokenizerFile } from './tokenizer-file.js';

describe('tokenizer/token-count', () => {
  testRule(tokenCount, [
    { title: 'a longer vocabulary', bytes: tokenizerFile({}, 3).bytes(), message: /has 3 rows, expected 4/ },
  ]);

  test.each([tokenizerFile()])('accepts good file %#', (file) => {
    expect(findingsOf(tokenCount, file.bytes())).toEqual([]);
  });
});
