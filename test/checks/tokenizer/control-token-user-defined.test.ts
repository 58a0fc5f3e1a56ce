import { describe, expect, test } from 'vitest';
import { controlTokenUserDefined } from '../../../src/checks/tokenizer/control-token-user-defined.js';
import { findingsOf, testRule } from '../rule-test.js';
import { gemmaFile, ints, type TokenizerKeys, texts, tokenizerFile } from './tokenizer-file.js';

const turns = (...types: number[]): TokenizerKeys => ({
  tokens: texts('<unk>', '<0x0A>', '<start_of_turn>', '<end_of_turn>'),
  token_type: ints(2, 6, ...types),
});

describe('tokenizer/control-token-user-defined', () => {
  testRule(controlTokenUserDefined, [
    {
      title: 'both markers as words',
      bytes: gemmaFile(turns(4, 4)).bytes(),
      message: /'<start_of_turn>' \(2\), '<end_of_turn>' \(3\) is user-defined \(4\), expected control/,
    },
    { title: 'one of them', bytes: gemmaFile(turns(3, 4)).bytes(), data: { tokens: [{ id: 3 }] } },
  ]);

  test.each([gemmaFile(), gemmaFile(turns(3, 3)), gemmaFile(turns(1, 1)), tokenizerFile(turns(4, 4))])(
    'accepts good file %#',
    (file) => {
      expect(findingsOf(controlTokenUserDefined, file.bytes())).toEqual([]);
    },
  );
});
