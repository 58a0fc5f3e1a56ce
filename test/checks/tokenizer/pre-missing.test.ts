import { describe, expect, test } from 'vitest';
import { preMissing } from '../../../src/checks/tokenizer/pre-missing.js';
import { findingsOf, testRule } from '../rule-test.js';
import { text, tokenizerFile } from './tokenizer-file.js';

describe('tokenizer/pre-missing', () => {
  testRule(preMissing, [
    {
      title: 'no pre-tokenizer',
      bytes: tokenizerFile({ model: text('gpt2') }).bytes(),
      message: /is missing, which a gpt2/,
    },
  ]);

  test.each([tokenizerFile(), tokenizerFile({ model: text('gpt2'), pre: text('gpt-2') })])(
    'accepts good file %#',
    (file) => {
      expect(findingsOf(preMissing, file.bytes())).toEqual([]);
    },
  );
});
