import { describe, expect, test } from 'vitest';
import { byteTokenText } from '../../../src/checks/tokenizer/byte-token-text.js';
import { findingsOf, testRule } from '../rule-test.js';
import { ints, text, texts, tokenizerFile } from './tokenizer-file.js';

describe('tokenizer/byte-token-text', () => {
  testRule(byteTokenText, [
    {
      title: 'a negative byte in plamo2',
      bytes: tokenizerFile({ model: text('plamo2'), tokens: texts('<unk>', '<0x-1>', '<|im_end|>', 'a') }).bytes(),
      data: { id: 1, text: '<0x-1>', count: 1, model: 'plamo2' },
      message: /a byte token with other text than .* id 1, '?<0x-1>'?: llama.cpp may write outside of a buffer/,
    },
    {
      title: 'words that are typed as bytes',
      bytes: tokenizerFile({ token_type: ints(2, 6, 6, 6) }).bytes(),
      data: { id: 2, count: 2 },
      message: /2 byte tokens with other text .* the first id 2/,
    },
  ]);

  test.each([tokenizerFile(), tokenizerFile({ token_type: undefined }), tokenizerFile({ tokens: undefined })])(
    'accepts good file %#',
    (file) => {
      expect(findingsOf(byteTokenText, file.bytes())).toEqual([]);
    },
  );
});
