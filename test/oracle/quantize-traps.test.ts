import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { TensorTypeName } from '../../src/gguf/tensor-types.js';
import { dryRunTypes } from '../quantizer/recipes/support/dry-run.js';
import { dataPath, describeWithData } from '../support/data.js';
import { describeWithTools, runTool } from '../support/llama-tools.js';
import { runBinary } from '../support/run-cli.js';
import { tempFolder } from '../support/temp.js';
import { headerOf } from './support/model-file.js';

// What llama-quantize does and nobody expects (facts/dynamic2.md), and that ggufix does not do it.

const model = (): string => dataPath('model/tiny-gemma3n-BF16.gguf');
const imatrix = (): string => dataPath('model/tiny-gemma3n.imatrix.gguf');
const EMBEDDINGS = ['per_layer_token_embd.weight', 'token_embd.weight'];

/** The types that ggufix would give, by tensor name. */
function planned(...flags: readonly string[]): ReadonlyMap<string, TensorTypeName> {
  const run = runBinary(['quantize', model(), 'out.gguf', '--dry-run', '--json', ...flags], tempFolder());
  expect(run).toMatchObject({ exit: 0, err: '' });
  const { tensors }: { tensors: { name: string; type: TensorTypeName }[] } = JSON.parse(run.out);
  return new Map(tensors.map(({ name, type }) => [name, type]));
}

function refused(...flags: readonly string[]) {
  const { exit, err } = runBinary(['quantize', model(), 'out.gguf', ...flags], tempFolder());
  return { exit, err };
}

describeWithData('a trap of llama-quantize', () => {
  describeWithTools('that ggufix avoids', ['llama-quantize'], () => {
    test('counter drift: an override of one layer shifts the types of others', () => {
      const stock = dryRunTypes(model(), 'Q4_K_M');
      const down = (types: ReadonlyMap<string, TensorTypeName>) =>
        [...types].filter(([name]) => /^blk\.([1-9]|\d\d)\.ffn_down\.weight$/.test(name)).sort();
      const flags = ['--tensor-type', '^blk\\.0\\.ffn_down\\.weight$=q8_0'];
      expect(down(dryRunTypes(model(), 'Q4_K_M', flags))).not.toEqual(down(stock));
      expect(down(planned('--type', 'Q4_K_M', '--tensor', 'blk.0.ffn_down.weight=q8_0'))).toEqual(down(stock));
    });

    test('first match: of two patterns for a tensor the first counts, whatever follows', () => {
      const flags = ['attn_q=q8_0', 'blk.0.attn_q=q3_K'];
      const theirs = dryRunTypes(
        model(),
        'Q4_K_M',
        flags.flatMap((pattern) => ['--tensor-type', pattern]),
      );
      expect(theirs.get('blk.0.attn_q.weight')).toBe('Q8_0');
      const pins = ['*.attn_q.weight=q8_0', 'blk.0.attn_q.weight=q3_K'];
      const ours = planned('--type', 'Q4_K_M', ...pins.flatMap((pin) => ['--tensor', pin]));
      expect(ours.get('blk.0.attn_q.weight')).toBe('Q3_K');
      expect(ours.get('blk.1.attn_q.weight')).toBe('Q8_0');
    });

    test('lower-casing: \\D of a pattern becomes \\d', () => {
      const flags = ['--tensor-type', '^token_emb\\D\\.weight$=q8_0'];
      expect(dryRunTypes(model(), 'Q4_K_M', flags).get('token_embd.weight')).toBe('Q6_K');
      const ours = planned('--type', 'Q4_K_M', '--tensor', 'token_emb?.weight=q8_0');
      expect(ours.get('token_embd.weight')).toBe('Q8_0');
    });

    test('token_embd= matches both embeddings', () => {
      const theirs = dryRunTypes(model(), 'Q4_K_M', ['--tensor-type', 'token_embd=q3_K']);
      expect(EMBEDDINGS.map((name) => theirs.get(name))).toEqual(['Q3_K', 'Q3_K']);
      const ours = planned('--type', 'Q4_K_M', '--tensor', 'token_embd.weight=q3_K');
      expect(EMBEDDINGS.map((name) => ours.get(name))).toEqual(['Q8_0', 'Q3_K']);
    });

    test.each(['i8', 'i32', 'f64', 'q8_1', 'q8_K'])('%s passes its parser and then aborts', (type) => {
      const out = path.join(tempFolder(), 'out.gguf');
      const run = spawnSync(
        'llama-quantize',
        ['--tensor-type', `^blk\\.0\\.attn_q\\.weight$=${type}`, model(), out, 'Q8_0', '2'],
        { env: { ...process.env, GGML_NO_BACKTRACE: '1' } },
      );
      expect(run.signal).toBe('SIGABRT');
      const ours = refused('--type', 'Q8_0', '--tensor', `blk.0.attn_q.weight=${type}`);
      expect(ours).toMatchObject({ exit: 2, err: expect.stringContaining('expected PATTERN=TYPE with one of') });
    });

    test('a dry run is blind to an importance matrix that is missing, or lacks shared keys and values', () => {
      expect(dryRunTypes(model(), 'IQ2_XXS').get('blk.0.attn_q.weight')).toBe('IQ2_XXS');
      expect(refused('--type', 'IQ2_XXS', '--dry-run')).toMatchObject({
        exit: 2,
        err: expect.stringContaining('cannot be made without an importance matrix'),
      });
      const flags = ['--imatrix', imatrix()];
      expect(dryRunTypes(model(), 'IQ1_S', flags).get('blk.20.attn_k.weight')).toBe('IQ1_S');
      expect(refused('--type', 'IQ1_S', '--imatrix', imatrix(), '--dry-run')).toMatchObject({
        exit: 3,
        err: expect.stringContaining('blk.20.attn_k.weight'),
      });
    });

    test('presets pin shared keys and values to a type that needs no data', () => {
      const types = planned('--recipe', 'UD-IQ1_S', '--imatrix', imatrix());
      const shared = [20, 21, 22, 23, 24].flatMap((i) => ['k', 'v'].map((x) => `blk.${i}.attn_${x}.weight`));
      expect(new Set(shared.map((name) => types.get(name)))).toEqual(new Set(['Q2_K']));
    });

    test('types of tensors are ignored for F16', () => {
      const theirs = dryRunTypes(model(), 'F16', ['--tensor-type', '^token_embd\\.weight$=q8_0']);
      expect(theirs.get('token_embd.weight')).toBe('F16');
      expect(refused('--type', 'F16', '--tensor', 'token_embd.weight=q8_0')).toEqual({
        exit: 2,
        err: 'ggufix: --tensor cannot be had with F16: llama-quantize makes all tensors of such a file alike\n',
      });
    });

    test('shared_kv_layers as a float is copied as it is', async () => {
      const folder = tempFolder();
      const broken = path.join(folder, 'broken.gguf');
      copyFileSync(model(), broken);
      chmodSync(broken, 0o644);
      const key = 'gemma3n.attention.shared_kv_layers';
      const set = runBinary(['meta', 'set', broken, key, '5', '--as', 'float32', '--quiet'], folder);
      expect(set).toMatchObject({ exit: 0, err: '' });
      const files = [broken, splitInTwo(broken, folder)];
      for (const source of files) {
        const out = path.join(folder, 'out.gguf');
        runTool('llama-quantize', [source, out, 'Q8_0', '2']);
        expect(await typeOf(out, key)).toBe('float32');
        const run = runBinary(['quantize', source, out, '--type', 'Q8_0', '--json', '--force'], folder);
        expect(run).toMatchObject({ exit: 0, err: '' });
        expect(JSON.parse(run.out).findings).toEqual([]);
        expect(await typeOf(out, key)).toBe('uint32');
      }
    }, 120_000);
  });
});

/** Splits a model, and returns the first shard. */
function splitInTwo(file: string, folder: string): string {
  const prefix = path.join(folder, 'split');
  runTool('llama-gguf-split', ['--split-max-size', '30M', file, prefix]);
  return `${prefix}-00001-of-00002.gguf`;
}

async function typeOf(file: string, key: string): Promise<string | undefined> {
  return (await headerOf(file)).metadata.find((each) => each.key === key)?.type;
}
