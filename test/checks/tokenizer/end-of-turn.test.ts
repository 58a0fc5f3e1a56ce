import { describe, expect, test } from 'vitest';
import { runChecks } from '../../../src/checks/run.js';
import { endOfTurn } from '../../../src/checks/tokenizer/end-of-turn.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import { runTemplates } from '../../../src/templates/run-templates.js';
import type { TemplateRender } from '../../../src/templates/template-runs.js';
import type { BuilderValue, GgufBuilder } from '../../support/gguf-builder.js';
import { childUrl } from '../../templates/child-url.js';
import { CHATML, GEMMA3N, LLAMA3, THINKING } from '../../templates/real-templates.js';
import { changedNames, fixedHeader } from '../rule-test.js';
import { ints, type TokenizerKeys, text, texts, tokenizerFile, uint } from './tokenizer-file.js';

const KEY = 'tokenizer.chat_template';
const EOT = 'tokenizer.ggml.eot_token_id';
const EOS_IDS = 'tokenizer.ggml.eos_token_ids';

/** A chat model whose tokens are `<unk>`, `</s>`, the marker with id 2 and another one. */
const chat = (end: string, keys: TokenizerKeys = {}, other = '<|x|>'): GgufBuilder =>
  tokenizerFile({
    tokens: texts('<unk>', '</s>', end, other),
    token_type: ints(2, 3, 3, 3),
    eos_token_id: uint(1),
    ...keys,
  }).metadata(KEY, text('x'));

/** What the rule finds where the assistant's turn ends with `end`. */
function find(file: GgufBuilder, end: string, render: Partial<TemplateRender> = {}) {
  const prompt = `<x>user\nHow?<x>\nIt is 90 metres tall.${end}\n<x>user\nSince when?`;
  const multi = { sample: 'multi-turn', outcome: 'rendered', text: prompt, ...render } as const;
  const evidence = { template: [{ key: KEY, renders: [multi] }] };
  return runChecks(parseHeader(file.bytes()), { rules: [endOfTurn], evidence });
}

describe('tokenizer/end-of-turn', () => {
  test('finds a marker that llama.cpp knows, as an info', () => {
    expect(find(chat('<end_of_turn>'), '<end_of_turn>')).toMatchObject([
      {
        rule: 'tokenizer/end-of-turn',
        severity: 'info',
        data: { id: 2, text: '<end_of_turn>', eos: 1, isKnown: true },
        affects: ['ollama >=0.9.3 <0.30.0'],
        message: expect.stringMatching(
          /ends a turn with '<end_of_turn>' \(2\), which no key names, .* is 1: llama.cpp/,
        ),
      },
    ]);
  });

  test('finds a marker that it does not know, as a warning', () => {
    expect(find(chat('[|endofturn|]'), ' [|endofturn|]')).toMatchObject([
      { severity: 'warning', data: { id: 2, isKnown: false }, affects: ['llama.cpp *', 'ollama *'] },
    ]);
  });

  test.each<[string, TokenizerKeys]>([
    ['eos_token_id', { eos_token_id: uint(2) }],
    ['the default of eos_token_id', { eos_token_id: undefined }],
    ['eot_token_id', { eot_token_id: uint(2) }],
    ['eom_token_id', { eom_token_id: uint(2) }],
    ['eos_token_ids', { eos_token_ids: ints(1, 2) }],
  ])('passes where %s names it', (_, keys) => {
    expect(find(chat('<|eot_id|>', keys), '<|eot_id|>')).toEqual([]);
  });

  test('passes without evidence, without weights, and where nothing tells what ends a turn', () => {
    const end = '<|im_end|>';
    expect(find(chat(end), end, { outcome: 'failed', text: 'It is 90 metres tall.<|im_end|>' })).toHaveLength(1);
    expect(find(chat(end), end, { text: '' })).toEqual([]);
    expect(find(chat(end), end, { text: 'other words<|im_end|>' })).toEqual([]);
    expect(find(chat(end), ' and more', {})).toEqual([]);
    expect(find(chat('<|user|>'), '<|user|>')).toEqual([]);
    expect(find(chat(end, { token_type: ints(2, 3, 1, 3) }), end)).toEqual([]);
    expect(runChecks(parseHeader(chat(end).bytes()), { rules: [endOfTurn], evidence: { template: [] } })).toEqual([]);
    expect(runChecks(parseHeader(chat(end).bytes()), { rules: [endOfTurn] })).toEqual([]);
  });

  test('passes in the format of gpt-oss, where an answer ends with another token than a past turn', () => {
    expect(find(chat('<|end|>', {}, '<|call|>'), '<|end|>')).toEqual([]);
    expect(find(chat('<|end|>', {}, '<|cal|>'), '<|end|>')).toHaveLength(1);
  });

  test('takes the longest token that stands there', () => {
    expect(find(chat('<|end|>', {}, '<|end|>>'), '<|end|>>')).toEqual([]);
  });

  test.each<[string, TokenizerKeys, string, object, string[]]>([
    ['both keys', {}, 'safe', [1, 2], [EOT, EOS_IDS]],
    ['one of two ids', { eos_token_ids: ints(1, 3) }, 'safe', [1, 3, 2], [EOS_IDS, EOT]],
    ['another EOT', { eot_token_id: uint(3) }, 'unsafe', [1, 2], [EOT, EOS_IDS]],
  ])('the fix names it: %s', (_, keys, safety, ids, changed) => {
    const file = chat('<|im_end|>', keys);
    const header = parseHeader(file.bytes());
    const [finding] = find(file, '<|im_end|>');
    expect(finding!.fix).toMatchObject({ safety });
    const after = fixedHeader(header, finding!);
    const evidence = { template: [{ key: KEY, renders: [] }] };
    expect(runChecks(after, { rules: [endOfTurn], evidence })).toEqual([]);
    expect(changedNames(header, after)).toEqual({ keys: changed, tensors: [] });
    expect(finding!.fix!.edits).toMatchObject([{ value: { value: 2 } }, { value: { itemType: 'int32', items: ids } }]);
  });

  test('the fix leaves eos_token_ids alone where it is no list of ids, and is unsafe for an unknown marker', () => {
    const odd = find(chat('<|im_end|>', { eos_token_ids: text('1,2') }), '<|im_end|>');
    expect(odd[0]!.fix!.edits).toMatchObject([{ key: EOT }]);
    expect(find(chat('<|eot|>'), '<|eot|>')[0]!.fix).toMatchObject({ safety: 'unsafe' });
  });

  test.each<[string, string, string | undefined]>([
    ['ChatML', CHATML, '<|im_end|>'],
    ['Gemma', GEMMA3N, '<end_of_turn>'],
    ['Llama 3', LLAMA3, '<|eot_id|>'],
    ['one that ends no turn', THINKING, undefined],
  ])('reads the end of a turn from a template in the manner of %s', async (_, template, end) => {
    const value: BuilderValue = text(template);
    const file = tokenizerFile({
      tokens: texts('<unk>', '</s>', end ?? '<|im_end|>', '<s>'),
      token_type: ints(2, 3, 3, 3),
      eos_token_id: uint(1),
    }).metadata(KEY, value);
    const header = parseHeader(file.bytes());
    const runs = await runTemplates(header, { childUrl });
    const findings = runChecks(header, { rules: [endOfTurn], evidence: { template: runs } });
    expect(findings.map(({ data }) => data)).toMatchObject(end === undefined ? [] : [{ text: end }]);
  });
});
