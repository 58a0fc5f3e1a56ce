import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { companionsOf } from '../../src/edit/companions.js';
import { DOCUMENT_SCHEMAS, type DocumentName, documentJsonSchema } from '../../src/report/document-schemas.js';
import { EMBEDDING, gemma } from '../cli/support/gemma.js';
import { scriptedProgram, TWO_CHUNKS, zeroLogits } from '../quantizer/support/evaluate.js';
import { fakeEngine } from '../quantizer/support/fake-engine.js';
import { datImatrix, ggufImatrix } from '../quantizer/support/imatrix.js';
import { describeWithLlama } from '../quantizer/support/llama.js';
import { tinyLlama } from '../quantizer/support/tiny-llama.js';
import { gguf } from '../support/gguf-builder.js';
import { runBinary, runCli } from '../support/run-cli.js';
import { tempFile, tempFolder } from '../support/temp.js';

const NAMES = Object.keys(DOCUMENT_SCHEMAS) as DocumentName[];

/** The schemas as they ship; ajv is not the library that they were made with. */
const VALIDATORS = Object.fromEntries(
  NAMES.map((name) => [name, new Ajv2020({ strict: false, allErrors: true }).compile(shipped(name))]),
) as Record<DocumentName, ValidateFunction>;

function shipped(name: DocumentName): object {
  return JSON.parse(readFileSync(`schemas/${name}.schema.json`, 'utf8'));
}

/** Runs a command with `--json` and returns its document, once it is known to be valid. */
async function documentOf(
  name: DocumentName,
  ...argv: readonly string[]
): Promise<{ files: Record<string, unknown>[] }> {
  const { out } = await runCli([name, ...argv, '--json']);
  const document = JSON.parse(out);
  const validate = VALIDATORS[name];
  validate(document);
  expect(validate.errors).toBeNull();
  return document;
}

const broken = (): string => tempFile(gemma({ embedding: 'Q4_K' }).bytes());

test.each(NAMES)(
  'schemas/%s.schema.json is up to date; if not: npm run build && node docs/generate-schemas.js',
  (name) => {
    expect(shipped(name)).toEqual(documentJsonSchema(name));
  },
);

describe('what the commands print is valid', () => {
  test('check: findings, a file that is no GGUF, one that is missing, what a baseline accepts, a target', async () => {
    const file = broken();
    const html = tempFile(Buffer.from('<!DOCTYPE html>'));
    const { files } = await documentOf('check', file, html, '/nowhere.gguf', '--target', 'ollama@0.1.0');
    expect(JSON.stringify(files[0])).toContain('unaffectedTargets');
    expect(files.map(({ verdict }) => verdict)).toEqual(['pass', 'fail', 'fail']);
    const baseline = path.join(tempFolder(), 'baseline.json');
    await runCli(['check', file, '--baseline', baseline, '--update-baseline', '--quiet']);
    const { files: known } = await documentOf('check', file, '--baseline', baseline);
    expect(known[0]?.['accepted']).toBeGreaterThan(0);
  });

  test('fix: a plan, a repair, nothing to do, a file that is no GGUF, one that is missing', async () => {
    const file = broken();
    const out = path.join(tempFolder(), 'out.gguf');
    const statuses = [
      await documentOf('fix', file, '--dry-run'),
      await documentOf('fix', file, '-o', out),
      await documentOf('fix', file),
      await documentOf('fix', file),
      await documentOf('fix', tempFile(Buffer.from('<html>')), '/nowhere.gguf'),
    ].map(({ files }) => files.map(({ status }) => status));
    expect(statuses).toEqual([['planned'], ['fixed'], ['fixed'], ['clean'], ['failed', 'failed']]);
  });

  test('meta: get, set, a dry run, unset, rename, failures', async () => {
    const file = broken();
    await documentOf('meta', 'get', file);
    await documentOf('meta', 'get', file, 'no.such.key');
    await documentOf('meta', 'get', '/nowhere.gguf');
    await documentOf('meta', 'set', file, 'general.name', 'Other', '--dry-run');
    await documentOf('meta', 'set', file, 'general.name', 'Other');
    await documentOf('meta', 'rename', file, 'general.name', 'general.title');
    await documentOf('meta', 'unset', file, 'general.title');
    await documentOf('meta', 'unset', '/nowhere.gguf', 'general.title');
  });

  test('requantize: a plan, a change, nothing to do, failures', async () => {
    const file = broken();
    const flags = ['--tensor', `${EMBEDDING}=q8_0`, '--threads', '0'];
    await documentOf('requantize', file, ...flags, '--dry-run');
    const { files } = await documentOf('requantize', file, ...flags);
    expect(files[0]?.['conversions']).toHaveLength(1);
    await documentOf('requantize', file, ...flags);
    await documentOf('requantize', '/nowhere.gguf', ...flags);
  });

  test('split: a plan, a set', async () => {
    const file = broken();
    const out = path.join(tempFolder(), 'out');
    await documentOf('split', file, out, '--max-size', '1M', '--dry-run');
    await documentOf('split', file, out, '--max-tensors', '1');
  });

  test('undo and recover: a file restored, nothing to do, rolled back, failures', async () => {
    const file = broken();
    await runCli(['meta', 'set', file, 'general.name', 'Other', '--keep-undo']);
    await documentOf('undo', file);
    await documentOf('undo', file, '/nowhere.gguf');
    const { files } = await documentOf('recover', file, '/nowhere.gguf');
    expect(files[0]?.['status']).toBe('nothing-to-do');
    const copy = path.join(tempFolder(), 'model.gguf');
    copyFileSync(file, copy);
    writeFileSync(companionsOf(copy).temp, 'half of a file');
    const { files: cleaned } = await documentOf('recover', copy);
    expect(cleaned[0]?.['status']).toBe('cleaned-up');
  });

  test('recipe: a list, a list for a model, a recipe, a resolution, a clone', async () => {
    const file = tempFile(gemma({ embedding: 'Q4_K' }).bytes(), 'demo.gguf');
    await documentOf('recipe', 'list');
    await documentOf('recipe', 'list', file);
    await documentOf('recipe', 'show', 'UD-IQ1_S');
    await documentOf('recipe', 'resolve', 'Q4_K_M', file);
    await documentOf('recipe', 'clone', file);
  });

  test('imatrix: every kind of problem, and none', async () => {
    const name = 'per_layer_token_embd.weight';
    const sums = { sums: [[1, Number.NaN]], counts: [1] };
    const file = tempFile(ggufImatrix({ stranger: sums, [name]: sums }).bytes());
    const model = gguf()
      .metadata('general.architecture', { type: 'string', value: 'llama' })
      .tensor('blk.0.attn_q.weight', 'F16', [2, 2])
      .tensor('blk.0.ffn_up_exps.weight', 'F16', [2, 2, 2])
      .tensor('blk.0.attn_k.weight', 'F16', [2, 2]);
    const path = tempFile(model.bytes());
    const starved = {
      sums: [
        [1, 1],
        [1, 1],
      ],
      counts: [1, 0],
    };
    const other = tempFile(
      ggufImatrix({ 'blk.0.ffn_up_exps.weight': starved, 'blk.0.attn_k.weight': starved, stranger: sums }).bytes(),
    );
    const kinds = async (...argv: string[]) => {
      const document: unknown = await documentOf('imatrix', 'check', ...argv);
      return [...JSON.stringify(document).matchAll(/"kind":"([^"]+)"/g)].map(([, kind]) => kind);
    };
    expect(await kinds(file, path)).toEqual(['non-finite', 'non-finite', 'no-data', 'unmatched']);
    expect(await kinds(other, path, '--type', 'IQ4_NL')).toEqual(['non-finite', 'unmatched']);
    expect(await kinds(other, path)).toEqual(['non-finite', 'no-data', 'uncounted', 'size', 'unmatched']);
  });

  test.skipIf(process.platform === 'win32')(
    'evaluate: all figures, those of a short text, files that fail',
    async () => {
      const shape = { contextSize: 16, vocabularySize: 3, chunks: 2 };
      const items = ['a', 'b', 'c'];
      const quant = tempFile(
        gguf().metadata('tokenizer.ggml.tokens', { type: 'array', itemType: 'string', items }).bytes(),
      );
      const scores = tempFile(zeroLogits(shape), 'base.kld');
      for (const out of [TWO_CHUNKS, TWO_CHUNKS.replace(/\n====== Perplexity[\s\S]*/, '')]) {
        const { program } = scriptedProgram([{ out }]);
        const flags = ['--base-logits', scores, '--llama-perplexity', program];
        const { files } = await documentOf('evaluate', quant, '/nowhere.gguf', ...flags);
        expect(files.map((file) => 'meanKld' in file)).toEqual([true, false]);
        await documentOf('evaluate', '/nowhere.gguf', ...flags);
      }
    },
  );

  test.skipIf(process.platform === 'win32')('quantize: a plan, a failure', async () => {
    const flags = ['--type', 'Q8_0', '--engine', fakeEngine(''), '--dry-run'];
    await documentOf('quantize', tempFile(tinyLlama()), 'out.gguf', ...flags);
    expect(await documentOf('quantize', '/nowhere.gguf', 'out.gguf', ...flags)).toMatchObject({ status: 'failed' });
  });

  describeWithLlama('and with an engine', () => {
    test('quantize: a result with findings', () => {
      const file = tempFile(tinyLlama({ blockCount: { type: 'uint32', value: 2 } }));
      const argv = ['quantize', file, 'out.gguf', '--type', 'Q8_0', '--engine', 'embedded', '--json'];
      const document = JSON.parse(runBinary(argv, tempFolder()).out);
      VALIDATORS.quantize(document);
      expect(VALIDATORS.quantize.errors).toBeNull();
      expect(document.findings).not.toEqual([]);
    });
  });

  test('inspect and explain', async () => {
    await documentOf('inspect', broken(), '/nowhere.gguf', '--full');
    const sums = { sums: [[1, Number.NaN]], counts: [1] };
    const imatrices = [
      tempFile(ggufImatrix({ 'blk.0.a.weight': sums, output: sums }).bytes()),
      tempFile(ggufImatrix({}).bytes()),
      tempFile(datImatrix([{ name: 'a', calls: 1, values: [1] }]), 'imatrix.dat'),
    ];
    await documentOf('inspect', ...imatrices);
    const { files } = await documentOf('inspect', ...imatrices, '--tensors');
    expect(files.map(({ imatrix }) => imatrix)).toMatchObject([
      { entries: [{ energy: 'NaN' }, {}], layers: [{ layer: 0, energy: 'NaN' }, { layer: null }] },
      { fault: "it has no tensor '*.in_sum2'" },
      { format: 'dat', chunkCount: null, chunkSize: null },
    ]);
    await documentOf('explain');
    await documentOf('explain', 'container/magic');
  });
});

test('a schema refuses what the command does not print', async () => {
  const { files } = await documentOf('check', broken());
  const document = { schema: 'ggufix.check/1', summary: { files: 1, errors: 0, warnings: 0, infos: 0 }, files };
  expect(VALIDATORS.check(document)).toBe(true);
  for (const slip of [
    { ...document, schema: 'ggufix.check/2' },
    { ...document, more: 1 },
    { ...document, files: [{}] },
  ]) {
    expect(VALIDATORS.check(slip)).toBe(false);
  }
});
