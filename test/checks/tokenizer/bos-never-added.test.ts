import { describe, expect, test } from 'vitest';
import { bosNeverAdded } from '../../../src/checks/tokenizer/bos-never-added.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import type { GgufBuilder } from '../../support/gguf-builder.js';
import { GEMMA3N } from '../../templates/real-templates.js';
import { changedNames, findingsOf, fixedHeader, testRule } from '../rule-test.js';
import { flag, gemmaFile, text, texts, tokenizerFile, uint } from './tokenizer-file.js';

const NO_BOS = { add_bos_token: flag(false), bos_token_id: uint(0) };
const withTemplate = (file: GgufBuilder, template: string): GgufBuilder =>
  file.metadata('tokenizer.chat_template', text(template));

const LLAMA3 = {
  ...NO_BOS,
  model: text('gpt2'),
  tokens: texts('<|begin_of_text|>', '<|eot_id|>', 'a', 'b'),
};

describe('tokenizer/bos-never-added', () => {
  testRule(bosNeverAdded, [
    {
      title: 'a Gemma without a template',
      bytes: gemmaFile(NO_BOS).bytes(),
      data: { family: 'Gemma', token: '<unk>' },
      message: /is false and no chat template begins with '<unk>': Gemma needs it/,
    },
    {
      title: 'a Gemma whose template does not begin with BOS',
      bytes: withTemplate(gemmaFile(NO_BOS), '<start_of_turn>user {{ bos_token }}').bytes(),
    },
    { title: 'a Llama 3', bytes: tokenizerFile(LLAMA3).bytes(), data: { family: 'Llama 3' } },
  ]);

  test.each([
    gemmaFile(),
    gemmaFile({ ...NO_BOS, add_bos_token: flag(true) }),
    gemmaFile({ add_bos_token: flag(false), bos_token_id: uint(9) }),
    withTemplate(gemmaFile(NO_BOS), GEMMA3N),
    withTemplate(tokenizerFile(LLAMA3), '<|begin_of_text|>hello'),
    tokenizerFile(NO_BOS),
  ])('accepts good file %#', (file) => {
    expect(findingsOf(bosNeverAdded, file.bytes())).toEqual([]);
  });

  test('the fix removes the finding and changes nothing else', () => {
    const bytes = gemmaFile(NO_BOS).bytes();
    const header = parseHeader(bytes);
    const [finding] = findingsOf(bosNeverAdded, bytes);
    const after = fixedHeader(header, finding!);
    expect(finding!.fix).toMatchObject({ safety: 'unsafe' });
    expect(findingsOf(bosNeverAdded, Buffer.from(after.bytes))).toEqual([]);
    expect(changedNames(header, after)).toEqual({ keys: ['tokenizer.ggml.add_bos_token'], tensors: [] });
  });
});
