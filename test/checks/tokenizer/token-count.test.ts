import { describe, expect, test } from 'vitest';
import { tokenCount } from '../../../src/checks/tokenizer/token-count.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import { changedNames, findingsOf, fixedHeader, testRule } from '../rule-test.js';
import { texts, tokenizerFile, uint } from './tokenizer-file.js';

describe('tokenizer/token-count', () => {
  testRule(tokenCount, [
    { title: 'a longer vocabulary', bytes: tokenizerFile({}, 3).bytes(), message: /has 3 rows, expected 4/ },
  ]);

  test.each([tokenizerFile()])('accepts good file %#', (file) => {
    expect(findingsOf(tokenCount, file.bytes())).toEqual([]);
  });

  const KEYS = ['tokens', 'scores', 'token_type'].map((name) => `tokenizer.ggml.${name}`);

  test.each([
    ['cuts', 3, ['<unk>', '<0x0A>', '<|im_end|>'], [2, 6, 3]],
    ['pads', 6, ['<unk>', '<0x0A>', '<|im_end|>', 'a', '[PAD4]', '[PAD5]'], [2, 6, 3, 1, 5, 5]],
  ])('the fix %s the vocabulary and changes nothing else', (_, rows, tokens, types) => {
    const bytes = tokenizerFile({}, rows).bytes();
    const header = parseHeader(bytes);
    const [finding] = findingsOf(tokenCount, bytes);
    expect(finding!.fix).toMatchObject({
      safety: 'unsafe',
      edits: [{ value: { items: tokens } }, { value: { itemType: 'float32' } }, { value: { items: types } }],
    });
    const after = fixedHeader(header, finding!);
    expect(findingsOf(tokenCount, Buffer.from(after.bytes))).toEqual([]);
    expect(changedNames(header, after)).toEqual({ keys: KEYS, tensors: [] });
  });

  test.each([
    ['a special token would be cut', tokenizerFile({ bos_token_id: uint(3) }, 3)],
    ['another tensor has other rows', tokenizerFile({}, 3).tensor('output.weight', 'F32', [32, 4])],
    [
      'a token is no UTF-8',
      tokenizerFile({ tokens: { type: 'array', itemType: 'string', items: [Uint8Array.of(0xff)] } }, 2),
    ],
    ['the padding would repeat a token', tokenizerFile({ tokens: texts('a', 'b', 'c', '[PAD4]') }, 5)],
    ['far too many tokens are missing', tokenizerFile({}, 70_000)],
  ])('nothing is offered where %s', (_, file) => {
    for (const { fix } of findingsOf(tokenCount, file.bytes())) expect(fix).toBeUndefined();
  });
});
