import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { applyEdits, canonicalHeader } from '../../src/edit/draft.js';
import { parseHeader } from '../../src/gguf/parse.js';
import { compareLogits } from '../../src/quantizer/embedded/compare-logits.js';
import { type LlamaProbe, type ProbeOutcome, probeModel } from '../../src/quantizer/embedded/probe.js';
import { childUrl, describeWithLlama } from '../quantizer/support/llama.js';
import { dataPath, describeWithData } from '../support/data.js';
import { describeWithTools, readWithLlamaGguf } from '../support/llama-tools.js';
import { runBinary } from '../support/run-cli.js';
import { sharedFolder } from './support/scratch.js';
import { SPM, smallModel } from './support/small-model.js';
import { tokenize, vocabularyFile } from './support/vocabulary.js';

const folder = sharedFolder();
let files = 0;

/** Writes a file into the folder of this test file. */
function write(bytes: Uint8Array): string {
  files += 1;
  const file = path.join(folder, `model-${files}.gguf`);
  writeFileSync(file, bytes);
  return file;
}

/** The file that `ggufix fix` makes of these bytes when it applies one rule's fix. */
function fixed(bytes: Uint8Array, rule: string): string {
  const file = write(bytes);
  const out = file.replace('model', 'fixed');
  expect(runBinary(['fix', file, '--unsafe', '--only', rule, '-o', out, '--quiet'], folder)).toMatchObject({
    exit: 0,
    err: '',
  });
  return out;
}

const probe = (file: string): Promise<ProbeOutcome> => probeModel(file, { childUrl, threads: 1 });

function loaded(outcome: ProbeOutcome): LlamaProbe {
  if (outcome.kind !== 'loaded') throw new Error(`${outcome.kind}: ${outcome.words.join('\n')}`);
  return outcome.probe;
}

describe('what a fix makes of a file', () => {
  describeWithTools('is read by llama.cpp', ['llama-gguf', 'llama-tokenize'], () => {
    test('tensors that lay apart', () => {
      const apart = smallModel('llama', 'llama', SPM, SPM.length)
        .tensor('late', 'F32', [8], { offset: 1_000_000, bytes: new Uint8Array(1_000_000) })
        .bytes();
      expect(() => readWithLlamaGguf(write(apart))).toThrow();
      expect(() => readWithLlamaGguf(fixed(apart, 'container/tensor-offset'))).not.toThrow();
    });

    test('spare scores and types: the same tokens as before', async () => {
      const items = Array.from({ length: SPM.length + 3 }, () => 1);
      const edits = [
        { key: 'tokenizer.ggml.scores', value: { type: 'array', itemType: 'float32', items } },
        { key: 'tokenizer.ggml.token_type', value: { type: 'array', itemType: 'int32', items } },
      ] as const;
      const header = parseHeader(vocabularyFile('llama', 'llama', SPM).bytes());
      const before = canonicalHeader(
        applyEdits(
          header,
          edits.map((edit) => ({ op: 'set-metadata', ...edit })),
        ),
      );
      const after = readFileSync(fixed(before, 'tokenizer/array-length'));
      expect(await tokenize(after, 'ab b', folder)).toMatchObject({
        outcome: 'read',
        texts: (await tokenize(before, 'ab b', folder)).texts,
      });
    });

    test('byte tokens: a byte is printed as a byte', async () => {
      const types = SPM.map((_, id) => (id === 1 || id === 2 ? 3 : 1));
      const header = parseHeader(vocabularyFile('llama', 'llama', SPM).bytes());
      const value = { type: 'array', itemType: 'int32', items: types } as const;
      const wrong = canonicalHeader(
        applyEdits(header, [{ op: 'set-metadata', key: 'tokenizer.ggml.token_type', value }]),
      );
      expect((await tokenize(wrong, 'aZ', folder)).texts.at(-1)).toBe('<0x5A>');
      const right = readFileSync(fixed(wrong, 'tokenizer/byte-token-type'));
      expect((await tokenize(right, 'aZ', folder)).texts.at(-1)).toBe('Z');
    });
  });

  describeWithLlama('loads and runs in llama.cpp', () => {
    test.each([
      ['cut', SPM.length - 1],
      ['padded', SPM.length + 5],
    ])('a vocabulary that is %s to the embedding', async (_, rows) => {
      const bytes = smallModel('llama', 'llama', SPM, rows).bytes();
      expect((await probe(write(bytes))).kind).not.toBe('loaded');
      expect(loaded(await probe(fixed(bytes, 'tokenizer/token-count')))).toMatchObject({ vocabularySize: rows });
    });

    test('olmo3, which llama.cpp calls olmo2', async () => {
      const bytes = smallModel('olmo2', 'olmo3', SPM, SPM.length).bytes();
      expect((await probe(write(bytes))).kind).not.toBe('loaded');
      expect(loaded(await probe(fixed(bytes, 'metadata/architecture'))).description).toContain('olmo2');
    });

    describeWithData('on real weights', () => {
      test('one number of heads instead of an array scores the same', async () => {
        const source = readFileSync(dataPath('model', 'tiny-gemma3n-BF16.gguf'));
        const header = parseHeader(source);
        const layers = Number(header.tensors.filter(({ name }) => name.endsWith('.attn_q.weight')).length);
        const key = 'gemma3n.attention.head_count_kv';
        const heads = header.metadata.find((entry) => entry.key === key);
        const items = Array.from({ length: layers }, () => heads!.raw.at(-4)!);
        const value = { type: 'array', itemType: 'int32', items } as const;
        const edited = canonicalHeader(applyEdits(header, [{ op: 'set-metadata', key, value }]));
        const array = Buffer.concat([edited, source.subarray(header.dataOffset)]);
        const [before, after] = [
          loaded(await probe(write(array))),
          loaded(await probe(fixed(array, 'gemma3n/head-count-kv-array'))),
        ];
        expect(compareLogits(before.logits, after.logits).maxAbsoluteDifference).toBe(0);
      }, 120_000);
    });
  });
});
