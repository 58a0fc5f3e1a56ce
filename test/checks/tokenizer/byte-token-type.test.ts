import { describe, expect, test } from 'vitest';
import { byteTokenType } from '../../../src/checks/tokenizer/byte-token-type.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import { changedNames, findingsOf, fixedHeader, testRule } from '../rule-test.js';
import { ints, text, tokenizerFile } from './tokenizer-file.js';

describe('tokenizer/byte-token-type', () => {
  testRule(byteTokenType, [
    {
      title: 'a byte as text',
      bytes: tokenizerFile({ token_type: ints(2, 1, 3, 1) }).bytes(),
      message: /1 of the byte tokens .* id 1 type 1, expected 6/,
    },
  ]);

  test.each([tokenizerFile(), tokenizerFile({ model: text('gpt2'), token_type: ints(2, 1, 3, 1) })])(
    'accepts good file %#',
    (file) => {
      expect(findingsOf(byteTokenType, file.bytes())).toEqual([]);
    },
  );

  test('the fix removes the finding and changes nothing else', () => {
    const bytes = tokenizerFile({ token_type: ints(2, 1, 3, 1) }).bytes();
    const header = parseHeader(bytes);
    const [finding] = findingsOf(byteTokenType, bytes);
    const after = fixedHeader(header, finding!);
    expect(finding!.fix).toMatchObject({ safety: 'unsafe' });
    expect(changedNames(header, after)).toEqual({ keys: ['tokenizer.ggml.token_type'], tensors: [] });
    expect(changedNames(parseHeader(tokenizerFile().bytes()), after)).toEqual({ keys: [], tensors: [] });
  });
});
