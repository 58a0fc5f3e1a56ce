import { describe, expect, test } from 'vitest';
import { preMissing } from '../../../src/checks/tokenizer/pre-missing.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import type { GgufBuilder } from '../../support/gguf-builder.js';
import { changedNames, findingsOf, fixedHeader, testRule } from '../rule-test.js';
import { gemmaFile, text, tokenizerFile } from './tokenizer-file.js';

/** A gpt2 tokenizer of 152,000 tokens, with these texts at their ids. */
function largeFile(architecture: string, tokens: Readonly<Record<number, string>>): GgufBuilder {
  const items = Array.from({ length: 152_000 }, (_, id) => tokens[id] ?? `t${id}`);
  const keys = {
    model: text('gpt2'),
    tokens: { type: 'array', itemType: 'string', items } as const,
    token_type: undefined,
    scores: undefined,
  };
  return tokenizerFile(keys, items.length, architecture);
}

const LLAMA3 = { 128000: '<|begin_of_text|>', 128009: '<|eot_id|>' };
const QWEN = { 151643: '<|endoftext|>', 151644: '<|im_start|>' };
const R1 = { 151643: '<｜end▁of▁sentence｜>', 151644: '<｜User｜>' };

describe('tokenizer/pre-missing', () => {
  testRule(preMissing, [
    {
      title: 'no pre-tokenizer',
      bytes: tokenizerFile({ model: text('gpt2') }).bytes(),
      message: /is missing, which a gpt2/,
    },
  ]);

  test.each([tokenizerFile(), tokenizerFile({ model: text('gpt2'), pre: text('gpt-2') }), gemmaFile()])(
    'accepts good file %#',
    (file) => {
      expect(findingsOf(preMissing, file.bytes())).toEqual([]);
    },
  );

  test.each([
    ['Llama 3', largeFile('llama', LLAMA3), 'llama-bpe'],
    ['Qwen 2', largeFile('qwen2', QWEN), 'qwen2'],
    ['Qwen 3', largeFile('qwen3', QWEN), 'qwen2'],
    ['gpt-oss', tokenizerFile({ model: text('gpt2') }, 4, 'gpt-oss'), 'gpt-4o'],
  ])('the fix for %s writes its name and changes nothing else', (_, file, name) => {
    const header = parseHeader(file.bytes());
    const [finding] = findingsOf(preMissing, file.bytes());
    expect(finding).toMatchObject({ severity: 'warning', data: { name }, fix: { safety: 'unsafe' } });
    const after = fixedHeader(header, finding!);
    expect(findingsOf(preMissing, Buffer.from(after.bytes))).toEqual([]);
    expect(changedNames(header, after)).toEqual({ keys: ['tokenizer.ggml.pre'], tensors: [] });
  });

  test.each([tokenizerFile({ model: text('gpt2') }), largeFile('qwen2', R1), largeFile('mamba', LLAMA3)])(
    'nothing is offered for a model of another family (%#)',
    (file) => {
      expect(findingsOf(preMissing, file.bytes())[0]!.fix).toBeUndefined();
    },
  );

  test('is an info for Gemma, and the fix safe', () => {
    const bytes = gemmaFile({ pre: undefined }).bytes();
    const [finding] = findingsOf(preMissing, bytes);
    expect(finding).toMatchObject({ severity: 'info', affects: [], fix: { safety: 'safe' } });
    const after = fixedHeader(parseHeader(bytes), finding!);
    expect(findingsOf(preMissing, Buffer.from(after.bytes))).toEqual([]);
  });
});
