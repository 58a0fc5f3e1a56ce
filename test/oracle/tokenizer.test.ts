import { describe, expect, test } from 'vitest';
import type { Rule } from '../../src/checks/check.js';
import type { Evidence } from '../../src/checks/evidence.js';
import { STOP_TEXTS } from '../../src/checks/facts/stop-tokens.js';
import { runChecks } from '../../src/checks/run.js';
import { bosMissing } from '../../src/checks/tokenizer/bos-missing.js';
import { charsmap } from '../../src/checks/tokenizer/charsmap.js';
import { endOfTurn } from '../../src/checks/tokenizer/end-of-turn.js';
import { eosPlainText } from '../../src/checks/tokenizer/eos-plain-text.js';
import { applyEdits, canonicalHeader } from '../../src/edit/draft.js';
import { parseHeader } from '../../src/gguf/parse.js';
import type { BuilderValue, GgufBuilder } from '../support/gguf-builder.js';
import { describeWithTools } from '../support/llama-tools.js';
import { sharedFolder } from './support/scratch.js';
import { BYTE_TOKENS, type Tokenized, tokenize, vocabularyFile } from './support/vocabulary.js';

const flag = (value: boolean): BuilderValue => ({ type: 'bool', value });
const u32 = (value: number): BuilderValue => ({ type: 'uint32', value });
const bytes = (items: readonly number[]): BuilderValue => ({ type: 'array', itemType: 'uint8', items });

describeWithTools('the vocabulary in llama.cpp', ['llama-tokenize'], () => {
  const folder = sharedFolder();
  const read = (file: GgufBuilder, text = 'ab'): Promise<Tokenized> => tokenize(file.bytes(), text, folder);

  /** The same file after the fix of the only finding of a rule. */
  function fixed(file: GgufBuilder, rule: Rule, evidence: Evidence = {}): Uint8Array {
    const header = parseHeader(file.bytes());
    const [finding, ...more] = runChecks(header, { rules: [rule], evidence });
    expect(more).toEqual([]);
    const edited = canonicalHeader(applyEdits(header, finding?.fix?.edits ?? []));
    return Buffer.concat([edited, file.bytes().subarray(header.dataOffset)]);
  }

  describe('stops', () => {
    const SPM = ['<unk>', '<s>', '<eos-of-nobody>', ...BYTE_TOKENS];

    test('at the texts that the rules know, and at none that only looks like them', async () => {
      const others = ['<|END_OF_TURN_TOKEN|>', '<|endofturn|>', '<|end_of_turn|>', '<|eot|>', '<|user|>', '[INST]'];
      for (const text of [...STOP_TEXTS, ...others]) {
        const { outcome, stops } = await read(vocabularyFile('llama', 'llama', [...SPM, text]));
        expect({ text, outcome, stops }).toEqual({
          text,
          outcome: 'read',
          // Id 2 is the default of EOS, whatever its text is.
          stops: STOP_TEXTS.has(text) ? [2, SPM.length] : [2],
        });
      }
    });

    const evidence = (end: string): Evidence => {
      const text = `<s>user\nIt is 90 metres tall.${end}\n<s>`;
      return {
        template: [{ key: 'tokenizer.chat_template', renders: [{ sample: 'multi-turn', outcome: 'rendered', text }] }],
      };
    };
    const chat = (end: string): GgufBuilder =>
      vocabularyFile('llama', 'llama', [...SPM, end])
        .metadata('tokenizer.chat_template', { type: 'string', value: 'x' })
        .tensor('token_embd.weight', 'F32', [32, SPM.length + 1]);

    test.each(['<end_of_turn>', '<|im_end|>', '<|eot_id|>'])('at %s as before, once the keys name it', async (end) => {
      const before = await read(chat(end));
      const after = await tokenize(fixed(chat(end), endOfTurn, evidence(end)), 'ab', folder);
      expect(before.stops).toEqual([2, SPM.length]);
      expect(after).toMatchObject({ outcome: 'read', stops: before.stops, texts: before.texts });
      expect(after.words).toMatch(new RegExp(`EOT token +=\\s+${SPM.length} `));
    });

    test('at a token that it does not know by its text only once a key names it', async () => {
      const end = '<|endofturn|>';
      expect((await read(chat(end))).stops).toEqual([2]);
      expect((await tokenize(fixed(chat(end), endOfTurn, evidence(end)), 'ab', folder)).stops).toEqual([2, SPM.length]);
    });

    test('at a comma where a gpt2 tokenizer names no EOS', async () => {
      const tokens = Array.from('abcdefghijk').concat(',', '<|pad|>');
      const file = vocabularyFile('llama', 'gpt2', tokens, {
        merges: { type: 'array', itemType: 'string', items: ['a b'] },
        pre: { type: 'string', value: 'gpt-2' },
      });
      expect((await read(file)).stops).toEqual([11]);
      expect(runChecks(parseHeader(file.bytes()), { rules: [eosPlainText] })).toMatchObject([
        { data: { id: 11, text: ',', isDefault: true } },
      ]);
    });
  });

  describe('begins', () => {
    const T5 = ['<pad>', '</s>', '<unk>', '▁', 'a', 'b'];

    test('aborts where BOS is to be added and there is none, and no more after the fix', async () => {
      const file = vocabularyFile('llama', 't5', T5, { add_bos_token: flag(true) });
      expect((await read(file)).outcome).toBe('aborted');
      expect(await tokenize(fixed(file, bosMissing), 'ab', folder)).toMatchObject({
        outcome: 'read',
        texts: ['a', 'b'],
      });
    });

    test('adds BOS by itself for the tokenizers that the rules know', async () => {
      const merges: BuilderValue = { type: 'array', itemType: 'string', items: ['a b'] };
      const tokens = ['<s>', 'a', 'b', '<c>', '<d>', '<e>', '<f>', '<g>', '<h>', '<i>', '<j>', '<eleven>'];
      const gpt2 = (pre: string): GgufBuilder =>
        vocabularyFile('llama', 'gpt2', tokens, { merges, pre: { type: 'string', value: pre } });
      for (const [pre, first] of Object.entries({ 'gpt-2': 'a', 'llama-bpe': '<eleven>', tekken: '<eleven>' })) {
        expect({ pre, texts: (await read(gpt2(pre))).texts }).toEqual({
          pre,
          texts: [first, ...(first === 'a' ? ['b'] : ['a', 'b'])],
        });
      }
      const spm = vocabularyFile('llama', 'llama', ['<unk>', '<s>', '</s>', ...BYTE_TOKENS, 'a', 'b', '▁']);
      expect((await read(spm)).texts).toEqual(['<s>', ' ', 'a', 'b']);
      expect(
        (await tokenize(spm.metadata('tokenizer.ggml.add_space_prefix', flag(false)).bytes(), 'ab', folder)).texts,
      ).toEqual(['<s>', 'a', 'b']);
      expect((await read(spm.metadata('tokenizer.ggml.add_eos_token', flag(true)))).texts.at(-1)).toBe('</s>');
      expect(
        (
          await read(
            vocabularyFile('llama', 'gemma4', tokens, { merges, bos_token_id: u32(0), add_bos_token: flag(false) }),
          )
        ).texts[0],
      ).toBe('<s>');
    });
  });

  describe('a character map', () => {
    const T5 = ['<pad>', '</s>', '<unk>', '▁', 'a', 'b', 'x'];
    const KEY = 'precompiled_charsmap';
    const file = (value: BuilderValue): GgufBuilder => vocabularyFile('llama', 't5', T5, { [KEY]: value });
    const rulesOn = (value: BuilderValue) => runChecks(parseHeader(file(value).bytes()), { rules: [charsmap] });

    /** A map of one block of 256 units that turns `x` into the text at `value`. */
    const map = (value: number, replacements: readonly number[] = [97, 0], size = 1024): number[] => {
      const units = new Uint32Array(256);
      const x = 'x'.charCodeAt(0);
      units[x] = x | 0x100 | (1 << 10);
      units[x ^ 1] = 0x8000_0000 + value;
      return [...new Uint8Array(Uint32Array.of(size).buffer), ...new Uint8Array(units.buffer), ...replacements];
    };

    test('that is sound is read and found sound', async () => {
      expect((await read(file(bytes(map(0))), 'xb')).texts).toEqual(['a', 'b']);
      expect(rulesOn(bytes(map(0)))).toEqual([]);
    });

    test.each<[string, BuilderValue, Tokenized['outcome']]>([
      ['of 3 bytes', bytes([0, 0, 0]), 'refused'],
      ['without bytes', bytes([]), 'refused'],
      ['whose table is longer than the map', bytes(map(0, [97, 0], 4096)), 'refused'],
      ['whose table ends with the map', bytes(map(0, [])), 'refused'],
      ['with a replacement past the end', bytes(map(99)), 'aborted'],
      ['with a replacement that does not end', bytes(map(0, [97, 98])), 'aborted'],
      ['with a table of 8 bytes', bytes([8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 97, 0]), 'refused'],
      ['of int32', { type: 'array', itemType: 'int32', items: map(0) }, 'refused'],
      ['of strings', { type: 'array', itemType: 'string', items: ['A', 'A'] }, 'refused'],
    ])('%s is an error in both', async (_, value, outcome) => {
      expect((await read(file(value), 'xb')).outcome).toBe(outcome);
      expect(rulesOn(value)).toMatchObject([{ rule: 'tokenizer/charsmap', severity: 'error' }]);
    });

    test.each<[string, BuilderValue]>([
      ['of int32', { type: 'array', itemType: 'int32', items: map(0) }],
      [
        'of letters of base64',
        { type: 'array', itemType: 'string', items: Array.from(Buffer.from(map(0)).toString('base64')) },
      ],
    ])('%s works after the fix', async (_, value) => {
      expect(await tokenize(fixed(file(value), charsmap), 'xb', folder)).toMatchObject({
        outcome: 'read',
        texts: ['a', 'b'],
      });
    });
  });
});
