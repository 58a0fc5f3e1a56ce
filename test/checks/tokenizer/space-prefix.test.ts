import { describe, expect, test } from 'vitest';
import { spacePrefix } from '../../../src/checks/tokenizer/space-prefix.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import { changedNames, findingsOf, fixedHeader, testRule } from '../rule-test.js';
import { flag, gemmaFile, text, tokenizerFile } from './tokenizer-file.js';

describe('tokenizer/space-prefix', () => {
  testRule(spacePrefix, [
    {
      title: 'a Gemma without the key',
      bytes: gemmaFile({ add_space_prefix: undefined }).bytes(),
      data: { isMissing: true },
      message: /is missing, which llama.cpp takes for true, expected false/,
    },
    {
      title: 'a Gemma with a space',
      bytes: gemmaFile({ add_space_prefix: flag(true) }).bytes(),
      data: { isMissing: false },
      message: /is true, expected false/,
    },
  ]);

  test.each([
    ['gemma', 1],
    ['gemma2', 1],
    ['gemma3', 1],
    ['gemma3n', 1],
    ['gemma4', 0],
    ['gemma-embedding', 0],
  ])('architecture %s: %s findings', (architecture, count) => {
    const file = tokenizerFile({ add_space_prefix: flag(true) }, 4, architecture);
    expect(findingsOf(spacePrefix, file.bytes())).toHaveLength(count);
  });

  test.each([
    gemmaFile(),
    gemmaFile({ model: text('gpt2'), add_space_prefix: undefined }),
    tokenizerFile(),
    tokenizerFile({ add_space_prefix: flag(true) }),
  ])('accepts good file %#', (file) => {
    expect(findingsOf(spacePrefix, file.bytes())).toEqual([]);
  });

  test.each([undefined, flag(true)])('the fix removes the finding and changes nothing else (%#)', (value) => {
    const bytes = gemmaFile({ add_space_prefix: value }).bytes();
    const header = parseHeader(bytes);
    const [finding] = findingsOf(spacePrefix, bytes);
    const after = fixedHeader(header, finding!);
    expect(finding!.fix).toMatchObject({ safety: 'unsafe' });
    expect(findingsOf(spacePrefix, Buffer.from(after.bytes))).toEqual([]);
    expect(changedNames(header, after)).toEqual({ keys: ['tokenizer.ggml.add_space_prefix'], tensors: [] });
  });
});
