import { describe, expect, test } from 'vitest';
import { scoreNotFinite } from '../../../src/checks/tokenizer/score-not-finite.js';
import { findingsOf, testRule } from '../rule-test.js';
import { floats, tokenizerFile } from './tokenizer-file.js';

describe('tokenizer/score-not-finite', () => {
  testRule(scoreNotFinite, [
    {
      title: 'NaN and infinity',
      bytes: tokenizerFile({ scores: floats(0, Number.NaN, Number.NEGATIVE_INFINITY, 1) }).bytes(),
      message: /has 2 elements .* first for token 1/,
    },
  ]);

  test.each([tokenizerFile(), tokenizerFile({ scores: floats(3.4e38, -3.4e38, 0, 1e-45) })])(
    'accepts good file %#',
    (file) => {
      expect(findingsOf(scoreNotFinite, file.bytes())).toEqual([]);
    },
  );
});
