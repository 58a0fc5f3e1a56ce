import { describe, expect, test } from 'vitest';
import { tokenizerArrayType } from '../../../src/checks/tokenizer/array-type.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import { changedNames, findingsOf, fixedHeader, testRule } from '../rule-test.js';
import { ints, text, tokenizerFile, uints } from './tokenizer-file.js';

describe('tokenizer/array-type', () => {
  testRule(tokenizerArrayType, [
    {
      title: 'unsigned types',
      bytes: tokenizerFile({ token_type: uints(2, 6, 3, 1) }).bytes(),
      message: /is array of uint32, expected array of int32/,
    },
    {
      title: 'no array',
      bytes: tokenizerFile({ scores: text('a') }).bytes(),
      message: /is string, expected array of float32/,
    },
    {
      title: 'merges of numbers',
      bytes: tokenizerFile({ model: text('gpt2'), merges: ints(1) }).bytes(),
      message: /expected array of string/,
    },
    {
      title: 'unsigned suppressed tokens',
      bytes: tokenizerFile({ suppress_tokens: uints(1) }).bytes(),
      message: /suppress_tokens/,
    },
  ]);

  test.each([tokenizerFile(), tokenizerFile({ scores: ints(0, 0, 0, 1) }), tokenizerFile({ merges: ints(1) })])(
    'accepts good file %#',
    (file) => {
      expect(findingsOf(tokenizerArrayType, file.bytes())).toEqual([]);
    },
  );

  test('the fix removes the finding and changes nothing else', () => {
    const bytes = tokenizerFile({ token_type: uints(2, 6, 3, 1) }).bytes();
    const header = parseHeader(bytes);
    const [finding] = findingsOf(tokenizerArrayType, bytes);
    const after = fixedHeader(header, finding!);
    expect(finding!.fix).toMatchObject({ safety: 'safe' });
    expect(findingsOf(tokenizerArrayType, Buffer.from(after.bytes))).toEqual([]);
    expect(changedNames(header, after)).toEqual({ keys: ['tokenizer.ggml.token_type'], tensors: [] });
  });

  test('offers no fix where an element would change', () => {
    const [finding] = findingsOf(tokenizerArrayType, tokenizerFile({ token_type: uints(1, 2 ** 31) }).bytes());
    expect(finding!.fix).toBeUndefined();
  });
});
