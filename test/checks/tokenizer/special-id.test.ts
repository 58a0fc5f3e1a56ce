import { describe, expect, test } from 'vitest';
import { specialId } from '../../../src/checks/tokenizer/special-id.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import { changedNames, findingsOf, fixedHeader, testRule } from '../rule-test.js';
import { text, tokenizerFile, uint } from './tokenizer-file.js';

describe('tokenizer/special-id', () => {
  testRule(specialId, [
    {
      title: 'an id past the end',
      bytes: tokenizerFile({ eos_token_id: { type: 'uint32', value: 4 } }).bytes(),
      message: /is 4, expected less than 4/,
    },
    {
      title: 'a negative id',
      bytes: tokenizerFile({ bos_token_id: { type: 'int32', value: -1 } }).bytes(),
      message: /is -1, expected/,
    },
    {
      title: 'a missing key with a default past the end',
      bytes: tokenizerFile({ model: text('gpt2'), bos_token_id: uint(0), eos_token_id: undefined }).bytes(),
      data: { key: 'tokenizer.ggml.eos_token_id', id: '11', isDefault: true },
      message: /is missing and llama.cpp's default for it is 11, but there are only 4 tokens/,
    },
  ]);

  test.each([tokenizerFile(), tokenizerFile({ padding_token_id: { type: 'uint32', value: 2 ** 32 - 1 } })])(
    'accepts good file %#',
    (file) => {
      expect(findingsOf(specialId, file.bytes())).toEqual([]);
    },
  );

  test('the fix removes the finding and changes nothing else', () => {
    const bytes = tokenizerFile({ eos_token_id: { type: 'uint32', value: 4 } }).bytes();
    const header = parseHeader(bytes);
    const [finding] = findingsOf(specialId, bytes);
    const after = fixedHeader(header, finding!);
    expect(finding!.fix).toMatchObject({ safety: 'unsafe' });
    expect(findingsOf(specialId, Buffer.from(after.bytes))).toEqual([]);
    expect(changedNames(header, after)).toEqual({ keys: ['tokenizer.ggml.eos_token_id'], tensors: [] });
  });
});
