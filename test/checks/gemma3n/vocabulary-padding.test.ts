import { describe, expect, test } from 'vitest';
import { vocabularyPadding } from '../../../src/checks/gemma3n/vocabulary-padding.js';
import { cleanFile, findingsOf, testRule } from '../rule-test.js';

const table = (rows: number) => cleanFile().tensor('per_layer_token_embd.weight', 'Q8_0', [32, rows]);
const tokens = (count: number) =>
  ({ type: 'array', itemType: 'string', items: Array.from({ length: count }, String) }) as const;

describe('gemma3n/vocabulary-padding', () => {
  testRule(vocabularyPadding, [
    {
      title: 'fewer rows than tokens',
      bytes: table(2).metadata('tokenizer.ggml.tokens', tokens(4)).bytes(),
      message: /has 2 rows, expected 4 as there are tokens: llama\.cpp refuses/,
      name: 'per_layer_token_embd.weight',
    },
    {
      title: 'other rows than the token embedding, in a file without tokens',
      bytes: table(3).bytes(),
      message: /has 3 rows, expected 2 as 'token_embd\.weight' has/,
    },
  ]);

  test('accepts one row for each token', () => {
    expect(findingsOf(vocabularyPadding, table(2).metadata('tokenizer.ggml.tokens', tokens(2)).bytes())).toEqual([]);
  });
});
