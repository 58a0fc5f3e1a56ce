import { describe, expect, test } from 'vitest';
import { bosMissing } from '../../../src/checks/tokenizer/bos-missing.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import { changedNames, findingsOf, fixedHeader, testRule } from '../rule-test.js';
import { flag, text, tokenizerFile, uint } from './tokenizer-file.js';

describe('tokenizer/bos-missing', () => {
  testRule(bosMissing, [
    {
      title: 'BOS that is asked for and has no id',
      bytes: tokenizerFile({ model: text('t5'), add_bos_token: flag(true) }).bytes(),
      data: { isExplicit: true, tokens: 4 },
      message: /'tokenizer.ggml.add_bos_token' is true, but no key names/,
    },
    {
      title: 'an id past the end',
      bytes: tokenizerFile({ model: text('t5'), add_bos_token: flag(true), bos_token_id: uint(4) }).bytes(),
    },
    {
      title: 'a default past the end',
      bytes: tokenizerFile({ model: text('gpt2'), pre: text('llama-bpe') }).bytes(),
      data: { isExplicit: false },
      message: /the tokenizer adds a BOS token, but/,
    },
    { title: 'gemma4, which always adds it', bytes: tokenizerFile({ model: text('gemma4') }).bytes() },
  ]);

  test.each([
    tokenizerFile(),
    tokenizerFile({ model: text('t5') }),
    tokenizerFile({ model: text('t5'), add_bos_token: flag(true), bos_token_id: uint(0) }),
    tokenizerFile({ model: text('gpt2'), pre: text('gpt-2') }),
    tokenizerFile({ model: text('rwkv'), add_bos_token: flag(true) }),
    tokenizerFile({ model: text('t5'), add_bos_token: uint(1) }),
    tokenizerFile({ model: text('t5'), add_bos_token: flag(true), tokens: undefined }),
  ])('accepts good file %#', (file) => {
    expect(findingsOf(bosMissing, file.bytes())).toEqual([]);
  });

  test('the fix removes the finding and changes nothing else', () => {
    const bytes = tokenizerFile({ model: text('t5'), add_bos_token: flag(true) }).bytes();
    const header = parseHeader(bytes);
    const [finding] = findingsOf(bosMissing, bytes);
    const after = fixedHeader(header, finding!);
    expect(finding!.fix).toMatchObject({ safety: 'unsafe' });
    expect(findingsOf(bosMissing, Buffer.from(after.bytes))).toEqual([]);
    expect(changedNames(header, after)).toEqual({ keys: ['tokenizer.ggml.add_bos_token'], tensors: [] });
  });

  test('nothing is offered where no key asks for BOS', () => {
    const [finding] = findingsOf(bosMissing, tokenizerFile({ model: text('gemma4') }).bytes());
    expect(finding!.fix).toBeUndefined();
  });
});
