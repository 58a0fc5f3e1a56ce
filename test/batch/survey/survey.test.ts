import { mkdirSync, readdirSync, renameSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { layoutOf } from '../../../src/batch/layout.js';
import { readManifest } from '../../../src/batch/manifest/read.js';
import { surveyModels } from '../../../src/batch/survey/survey.js';
import type { SurveyedModel, SurveyedOutput } from '../../../src/batch/survey/surveyed.js';
import { EMBEDDING, gemma } from '../../cli/support/gemma.js';
import { tinyLlama } from '../../quantizer/support/tiny-llama.js';
import { dataPath, describeWithData } from '../../support/data.js';
import { describeWithTools } from '../../support/llama-tools.js';
import { type BatchPlace, batchPlace } from '../support/place.js';

async function survey(place: BatchPlace, isExact = false): Promise<readonly SurveyedModel[]> {
  const manifest = await readManifest(place.at('ggufix.batch.yaml'));
  const layout = layoutOf(place.folder, manifest.settings.output);
  const { signal } = new AbortController();
  return await surveyModels(manifest, { layout, version: '1.2.3', isExact, made: new Set(), signal });
}

async function outputsOf(place: BatchPlace, isExact = false): Promise<readonly SurveyedOutput[]> {
  return (await survey(place, isExact)).flatMap(({ outputs }) => outputs);
}

const OUT = 'output: out\n';

describe('surveyModels', () => {
  test('finds models by file, folder and glob, and says where outputs go', async () => {
    const files = { 'a.gguf': gemma().bytes(), 'sub/b.gguf': gemma().bytes(), 'sub/deep/c.gguf': gemma().bytes() };
    const place = batchPlace(`models: [a.gguf, sub]\n${OUT}outputs: fix`, files);
    const models = await survey(place);
    expect(models.map(({ id }) => id)).toEqual(['a.gguf', 'sub/b.gguf', 'sub/deep/c.gguf']);
    expect(models.flatMap(({ outputs }) => outputs.map((output) => output.path))).toEqual([
      'a-fixed.gguf',
      'b-fixed.gguf',
      'c-fixed.gguf',
    ]);
    expect(readdirSync(place.folder)).not.toContain('out');
  });

  test('a corrupt or missing model is told as such, and the good ones beside it are there', async () => {
    const files = { 'a.gguf': gemma().bytes(), 'b.gguf': gemma().cutAt(100).bytes(), 'c.gguf': new Uint8Array() };
    const place = batchPlace(
      `models: ['*.gguf', none.gguf, 'no*.gguf', 'hf:a/b:Q8_0', 'https://h/m.gguf']\n${OUT}outputs: fix`,
      files,
    );
    const models = await survey(place);
    expect(models.map(({ id, problem }) => [id, problem?.code])).toEqual([
      ['a.gguf', undefined],
      ['b.gguf', 'header-unreadable'],
      ['c.gguf', expect.any(String)],
      ['none.gguf', 'source-unreadable'],
      ['no*.gguf', 'not-found'],
      ['hf:a/b:Q8_0', 'unavailable'],
      ['https://h/m.gguf', 'unavailable'],
    ]);
    expect(models[1]?.bytes).toBe(100);
  });

  test.each([
    ['an imatrix', 'imatrix: none.gguf'],
    ['a text to make one with', 'imatrix: { text: none.txt }'],
    ['a text to measure on', 'evaluate: none.txt'],
  ])('%s that is missing is told of the model', async (_title, line) => {
    const place = batchPlace(`models: m.gguf\n${OUT}outputs: Q8_0\n${line}`, { 'm.gguf': tinyLlama() });
    expect((await survey(place)).map(({ problem }) => problem?.code)).toEqual(['source-unreadable']);
  });

  test('an output that does not fit its model is told of the output', async () => {
    const outputs =
      "[Q8_0, { type: Q8_0, name: '{version}', label: x }, { recipe: none.yaml, label: r }, { like: none.gguf, label: l }]";
    const place = batchPlace(`models: m.gguf\n${OUT}outputs: ${outputs}`, { 'm.gguf': tinyLlama() });
    const found = await outputsOf(place);
    expect(found.map(({ problem }) => problem?.code)).toEqual([
      undefined,
      'not-found',
      'source-unreadable',
      'source-unreadable',
    ]);
    expect(found[1]).toMatchObject({ path: 'm.gguf: x', isNameless: true });
  });

  test('a link out of the output folder is refused', async () => {
    const place = batchPlace(`models: m.gguf\n${OUT}name: 'sub/{model}'\noutputs: fix`, {
      'm.gguf': gemma().bytes(),
      'x/y': '',
    });
    mkdirSync(place.at('out'));
    symlinkSync(place.at('x'), place.at('out/sub'));
    expect((await outputsOf(place))[0]?.problem).toMatchObject({ code: 'not-writable' });
  });

  test.each([
    ['two models of one name', "models: ['a/m.gguf', 'b/m.gguf']\noutput: out\noutputs: fix"],
    ['names that differ in case', "models: ['a/m.gguf', 'b/M.gguf']\noutput: out\noutputs: fix"],
    ['an output over its model', "models: a/m.gguf\noutput: a\nname: '{model}'\nexisting: overwrite\noutputs: fix"],
    [
      'an output over another model',
      "models: [a/m.gguf, b/M.gguf]\noutput: a\nname: m\nexisting: overwrite\noutputs: { fix: safe, name: 'm' }",
    ],
    ['one name for several models', 'models: { source: ., name: x }\noutput: out\noutputs: fix'],
  ])('%s: refused as a whole', async (_title, manifest) => {
    const place = batchPlace(manifest, {
      'a/m.gguf': gemma().bytes(),
      'b/m.gguf': gemma().bytes(),
      'b/M.gguf': gemma().bytes(),
    });
    await expect(survey(place)).rejects.toMatchObject({ code: 'bad-option' });
  });

  test('identity goes with the content and the time, not with the place', async () => {
    const place = batchPlace(`models: [a.gguf]\n${OUT}outputs: fix`, { 'a.gguf': gemma().bytes() });
    const first = (await survey(place))[0]?.identity;
    expect((await survey(place))[0]?.identity).toBe(first);
    mkdirSync(place.at('sub'));
    renameSync(place.at('a.gguf'), place.at('sub/a.gguf'));
    place.manifest(`models: [sub/a.gguf]\n${OUT}outputs: fix`);
    expect((await survey(place))[0]?.identity).toBe(first);
    utimesSync(place.at('sub/a.gguf'), new Date(), new Date(1e12));
    expect((await survey(place))[0]?.identity).not.toBe(first);
  });
});

const SIZES: readonly (readonly [string, string])[] = [
  ['requantized', `outputs: { requantize: { '${EMBEDDING}': F32 }, label: x }`],
  [
    'requantized, with set',
    `outputs: { requantize: { '${EMBEDDING}': F32 }, label: x }\nset: { general.description: "${'x'.repeat(99)}" }`,
  ],
  ['fixed', 'outputs: fix'],
];

test.each(SIZES)('the size of a copy is predicted exactly: %s', async (_title, lines) => {
  const model = gemma(lines.includes('fix') ? {} : { sharedLayers: { type: 'uint32', value: 10 } }).bytes();
  const place = batchPlace(`models: tiny.gguf\n${OUT}check: { profile: default, config: false }\n${lines}`, {
    'tiny.gguf': model,
  });
  const [predicted] = await outputsOf(place, true);
  await place.run();
  const [made = ''] = Object.values(place.results());
  expect(predicted).toMatchObject({ isExact: true, bytes: Buffer.from(made, 'base64').byteLength });
});

test('the size of a copy that may still be repaired is none that is exact', async () => {
  const place = batchPlace(`models: tiny.gguf\n${OUT}outputs: { requantize: { '${EMBEDDING}': F32 }, label: x }`);
  expect((await outputsOf(place, true))[0]?.isExact).toBe(false);
});

describeWithData('of a real model', () => {
  describeWithTools('quantized', ['llama-quantize'], () => {
    test('sizes are predicted exactly, with metadata and an imatrix', { timeout: 240_000 }, async () => {
      const [model, imatrix] = ['tiny-gemma3n-BF16.gguf', 'tiny-gemma3n.imatrix.gguf'].map((name) =>
        dataPath('model', name),
      );
      const set = '{ general.description: "made of a test", general.version: "7" }';
      const lines = [
        'outputs: [Q8_0, Q4_K_M, { type: Q2_K, imatrix: false, label: plain }]',
        'check: false',
        `set: ${set}`,
      ];
      const place = batchPlace([`models: ${model}`, OUT, `imatrix: ${imatrix}`, ...lines].join('\n'), { none: '' });
      const predicted = await outputsOf(place);
      const { outcomes } = await place.run();
      expect([...outcomes.values()].map(({ status }) => status)).toEqual(Array(4).fill('done'));
      for (const { path: out, bytes, isExact } of predicted) {
        expect([out, isExact, bytes]).toEqual([out, true, statSync(place.at('out', out)).size]);
      }
      expect((await place.run()).steps).toEqual([]);
    });
  });
});

test('what is at a place is found: the file, else shards of it', async () => {
  const place = batchPlace(`models: tiny.gguf\n${OUT}outputs: fix`);
  const thereOf = async () => (await outputsOf(place))[0]?.there.map((file) => [file.path, file.bytes]);
  expect(await thereOf()).toEqual([]);
  mkdirSync(place.at('out'));
  for (const name of [
    'tiny-fixed-00002-of-00002.gguf',
    'tiny-fixed-00001-of-00002.gguf',
    'tiny-fixed-x.gguf',
    'x-00001-of-00002.gguf',
  ])
    writeFileSync(place.at('out', name), 'abc');
  expect(await thereOf()).toEqual([
    ['tiny-fixed-00001-of-00002.gguf', 3],
    ['tiny-fixed-00002-of-00002.gguf', 3],
  ]);
  writeFileSync(place.at('out/tiny-fixed.gguf'), 'abcd');
  expect(await thereOf()).toEqual([['tiny-fixed.gguf', 4]]);
  expect(path.isAbsolute((await outputsOf(place))[0]?.path ?? '/')).toBe(false);
});
