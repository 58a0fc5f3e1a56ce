import { describe, expect, test } from 'vitest';
import { eosPlainText } from '../../../src/checks/tokenizer/eos-plain-text.js';
import { findingsOf, testRule } from '../rule-test.js';
import { ints, text, texts, tokenizerFile, uint } from './tokenizer-file.js';

const LETTERS = { tokens: texts(...'abcdefghijk', ','), token_type: ints(...Array(12).fill(1)), scores: undefined };

describe('tokenizer/eos-plain-text', () => {
  testRule(eosPlainText, [
    {
      title: 'an EOS that is a word',
      bytes: tokenizerFile({ eos_token_id: uint(3) }).bytes(),
      data: { key: 'tokenizer.ggml.eos_token_id', id: 3, text: 'a', isDefault: false },
      message: "'tokenizer.ggml.eos_token_id' is 3, which is the text 'a' and no marker",
    },
    { title: 'an EOT that is a byte', bytes: tokenizerFile({ eot_token_id: uint(1) }).bytes(), data: { id: 1 } },
    { title: 'an EOM that is a word', bytes: tokenizerFile({ eom_token_id: uint(3) }).bytes() },
    {
      title: 'the default of gpt2 where that is a comma',
      bytes: tokenizerFile({ ...LETTERS, model: text('gpt2'), eos_token_id: undefined }, 12).bytes(),
      data: { id: 11, text: ',', isDefault: true },
      message: /is missing and llama.cpp takes 11, which is the text ','/,
    },
  ]);

  test.each([
    tokenizerFile(),
    tokenizerFile({ eos_token_id: undefined }),
    tokenizerFile({ eos_token_id: uint(99) }),
    tokenizerFile({ eos_token_id: uint(3), token_type: undefined }),
    // Markers have had the type of text as well.
    tokenizerFile({ token_type: ints(2, 6, 1, 1) }),
    tokenizerFile({ tokens: texts('<unk>', '<0x0A>', '[SEP]', 'a'), token_type: ints(2, 6, 1, 1) }),
    tokenizerFile({ tokens: texts('<unk>', '<0x0A>', '_<EOT>', 'a'), token_type: ints(2, 6, 1, 1) }),
    tokenizerFile({ tokens: undefined }),
  ])('accepts good file %#', (file) => {
    expect(findingsOf(eosPlainText, file.bytes())).toEqual([]);
  });
});
