import { describe, expect, test } from 'vitest';
import { controlTokenNormal } from '../../../src/checks/tokenizer/control-token-normal.js';
import { findingsOf, testRule } from '../rule-test.js';
import { ints, tokenizerFile } from './tokenizer-file.js';

describe('tokenizer/control-token-normal', () => {
  testRule(controlTokenNormal, [
    {
      title: 'a marker as text',
      bytes: tokenizerFile({ token_type: ints(2, 6, 1, 1) }).bytes(),
      message: /token 2, '<\|im_end\|>', is normal/,
    },
  ]);

  test.each([
    tokenizerFile(),
    tokenizerFile({ token_type: ints(2, 6, 4, 1) }),
    tokenizerFile({ token_type: ints(2, 6) }),
  ])('accepts good file %#', (file) => {
    expect(findingsOf(controlTokenNormal, file.bytes())).toEqual([]);
  });
});
