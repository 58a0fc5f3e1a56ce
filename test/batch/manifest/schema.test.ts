import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { manifestJsonSchema } from '../../../src/batch/manifest/schema.js';
import { starterManifest } from '../../../src/batch/manifest/starter.js';
import { manifestWith, problemsOf, problemsOfLine } from './support/parse.js';

const SHIPPED = 'schemas/batch-manifest.schema.json';
const shipped = JSON.parse(readFileSync(SHIPPED, 'utf8'));
const BULK_FIX = 'models: quants/\noutputs:\n  - { fix: unsafe, inPlace: true }\n';

test(`${SHIPPED} is up to date; if not: npm run build && node docs/generate-schemas.js`, () => {
  expect(shipped).toEqual(manifestJsonSchema());
});

describe('the JSON Schema', () => {
  const validate = new Ajv2020({ strict: false }).compile(shipped);

  test.each([
    ['the starter', starterManifest([{ source: 'a.gguf', imatrix: 'b.dat' }])],
    ['a bulk fix', BULK_FIX],
    ['a text alone', 'models: a.gguf\noutput: out\noutputs: Q8_0'],
    ['objects', 'models: [{source: a, imatrix: false, set: {a: {type: uint8, value: 1}}}]\noutputs: [{size: 4 GiB}]'],
  ])('takes %s', (_, text) => {
    validate(parse(text));
    expect(validate.errors).toBeNull();
  });

  test.each([
    'outputs: Q8_0',
    'models: a\noutpts: Q8_0',
    'models: a\noutputs: [{type: Q8_0, bpw: 4}]',
    'models: a\noutputs: [{label: x}]',
    'models: a\noutputs: [{type: Q8_0, lable: x}]',
    'models: a\ncheck: true',
    'models: a\ncheck: fast',
    'models: a\nretries: 11',
  ])('refuses %j', (text) => {
    expect(validate(parse(text))).toBe(false);
  });
});

test('the least is a manifest with defaults', () => {
  expect(manifestWith()).toEqual({
    output: 'out',
    name: '{model}-{label}.gguf',
    models: [{ source: 'a.gguf' }],
    outputs: [expect.objectContaining({ label: 'Q8_0' })],
    check: { profile: 'upload', targets: [] },
    set: {},
    existing: 'refuse',
    limits: {},
    onFailure: 'continue',
    retries: 2,
  });
});

test('a bulk fix in three lines', () => {
  expect(BULK_FIX.trim().split('\n')).toHaveLength(3);
  expect(problemsOf(BULK_FIX)).toEqual([]);
});

test('short forms are written out', () => {
  const lines = `
imatrix: i.gguf
evaluate: t.txt
check: quick
split: 45GiB
limits: { jobs: 2, threads: 8, memory: 32 GiB, disk: 1 GB }
set: { a: 1, b.c: x, d: true, e: { type: 'uint64', value: '18446744073709551615' }, f: { type: 'f32[]', value: [1, 2] } }
onFailure: stop
retries: 0
existing: keep
`;
  expect(manifestWith(lines)).toMatchObject({
    imatrix: { file: 'i.gguf' },
    evaluate: { text: 't.txt' },
    check: { profile: 'quick', targets: [] },
    splitSize: 45 * 2 ** 30,
    limits: { jobs: 2, threads: 8, memory: 2 ** 35, disk: 1e9 },
    set: {
      a: 1,
      'b.c': 'x',
      d: true,
      e: { type: 'uint64', value: '18446744073709551615' },
      f: { type: 'f32[]', value: [1, 2] },
    },
    onFailure: 'stop',
    retries: 0,
    existing: 'keep',
  });
});

test('long forms', () => {
  const lines = `
imatrix: { text: c.txt, chunks: 10 }
evaluate: { text: t.txt, chunks: 5 }
check: { targets: [ollama@0.9.6], maxWarnings: 0, config: false }
`;
  const manifest = manifestWith(lines);
  expect(manifest.imatrix).toEqual({ text: 'c.txt', chunks: 10 });
  expect(manifest.evaluate).toEqual({ text: 't.txt', chunks: 5 });
  expect(manifest.check).toEqual({ profile: 'upload', targets: ['ollama@0.9.6'], maxWarnings: 0, config: false });
  expect(manifestWith('check: false').check).toBe(false);
  expect(manifestWith('imatrix: { file: i.dat }').imatrix).toEqual({ file: 'i.dat' });
});

test('models: one, many, with words of their own', () => {
  const text = `
models:
  - a.gguf
  - { source: b/*.gguf, name: b, outputs: [Q4_0, fix], imatrix: false, evaluate: false, set: { general.name: B } }
outputs: Q8_0
output: out
`;
  expect(problemsOf(text)).toEqual([]);
  expect(manifestWith('', 'Q8_0').models).toEqual([{ source: 'a.gguf' }]);
});

describe('a problem names line and column', () => {
  test.each([
    ['', '1:1: models: expected a file, folder or glob, or {source: …}'],
    ['models: []', '1:9: models: Too small: expected array to have >=1 items'],
    ['models: 5', '1:9: models: expected a file, folder or glob, or {source: …}'],
    ['models: [{sorce: a}]', "1:11: unknown key 'sorce', did you mean 'source'?"],
    [
      'models: [{source: a, imatrix: true}]',
      '1:31: models.0.imatrix: only false can stand here: without the key the default holds',
    ],
    ['models: [{source: a, imatrix: {fle: x}}]', "1:32: unknown key 'fle', did you mean 'file'?"],
    [
      'models: [{source: a, outputs: [Q4_K_X]}]',
      "1:32: models.0.outputs.0: no output is called 'Q4_K_X', did you mean 'Q4_K_S'?",
    ],
    [
      'models: [{source: a, name: a/b}]',
      "1:28: models.0.name: 'a/b' cannot be part of a file's name on every system; 'a_b' can",
    ],
    ['models: [{source: "a\\0"}]', '1:19: models.0.source: a path has no NUL character'],
    ['models: a\nmodles: b', "2:1: unknown key 'modles', did you mean 'models'?"],
  ])('%j', (text, problem) => {
    expect(problemsOf(text)).toContain(problem);
  });

  test.each([
    ['name: "{modl}.gguf"', "4:7: name: no field of names is called 'modl', did you mean 'model'?"],
    ['check: true', '4:8: check: only false can stand here: without the key the default holds'],
    ['check: fast', "4:8: check: no profile is called 'fast'"],
    ['check: { profil: quick }', "4:10: unknown key 'profil', did you mean 'profile'?"],
    [
      'check: { targets: [lmstudio] }',
      "4:20: check.targets.0: target 'lmstudio': no such runtime; known are ggml, llama.cpp, ollama",
    ],
    ['imatrix: { file: a, text: b }', '4:10: imatrix: an imatrix is either {file} or {text, chunks}'],
    ['imatrix: { file: a, chunks: 4 }', '4:10: imatrix: an imatrix is either {file} or {text, chunks}'],
    ['imatrix: { chunks: 4 }', '4:10: imatrix: an imatrix is either {file} or {text, chunks}'],
    ['imatrix: {}', '4:10: imatrix: an imatrix is either {file} or {text, chunks}'],
    ['evaluate: { text: a, chunks: 0 }', '4:30: evaluate.chunks: Too small: expected number to be >0'],
    ['evaluate: true', '4:11: evaluate: expected a text file or {text, chunks}'],
    ['split: big', "4:8: split: 'big' is no size; write bytes, or 50 GB, 4.5 GiB"],
    ['limits: { job: 1 }', "4:11: unknown key 'job', did you mean 'jobs'?"],
    ['limits: { memory: 0 }', "4:19: limits.memory: '0' is no size; write bytes, or 50 GB, 4.5 GiB"],
    ['retries: 11', '4:10: retries: Too big: expected number to be <=10'],
    ['onFailure: halt', '4:12: onFailure: Invalid option: expected one of "continue"|"stop"'],
    ['existing: ask', '4:11: existing: Invalid option: expected one of "refuse"|"keep"|"skip"|"overwrite"'],
  ])('%j', (line, problem) => {
    expect(problemsOfLine(line)).toContain(problem);
  });

  test('all of them', () => {
    expect(problemsOfLine('retries: 11\nsplit: big\nnmae: x')).toHaveLength(3);
  });
});
