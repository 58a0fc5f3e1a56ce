import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { companionsOf } from '../../../src/edit/companions.js';
import { splitDocumentSchema } from '../../../src/report/split-schema.js';
import { type GgufBuilder, gguf } from '../../support/gguf-builder.js';
import { smallModel } from '../../support/models.js';
import { BINARY, runCli } from '../../support/run-cli.js';
import { neighboursOf, tempFile } from '../../support/temp.js';

const modelFile = (): string => tempFile(smallModel().bytes());

/** Splits `file` into shards called `out` beside it. */
async function split(file: string, ...flags: string[]) {
  return await runCli(['split', file, path.join(path.dirname(file), 'out.gguf'), '--threads', '0', ...flags]);
}

test('writes shards and says which', async () => {
  const file = modelFile();
  const { out, err, exit } = await split(file, '--max-tensors', '3', '--json');
  expect([err, exit]).toEqual(['', 0]);
  const files = [1, 2].map((number) => path.join(path.dirname(file), `out-0000${number}-of-00002.gguf`));
  expect(JSON.parse(out)).toEqual({
    schema: 'ggufix.split/1',
    source: file,
    status: 'split',
    tensors: 5,
    bytes: files.reduce((sum, each) => sum + statSync(each).size, 0),
    files: files.map((each, index) => ({ file: each, tensors: [3, 2][index], bytes: statSync(each).size })),
    notes: [],
    seconds: expect.any(Number),
  });
});

test('ggufix check finds no error in them', async () => {
  const file = modelFile();
  await split(file, '--max-size', '1kB', '--no-tensor-first');
  const names = neighboursOf(file);
  expect(names).toHaveLength(4);
  const shards = names.map((name) => path.join(path.dirname(file), name));
  const { out } = await runCli(['check', ...shards, '--only', 'shard/*', '--only', 'container/*', '--json']);
  const rules = JSON.parse(out).files.flatMap((each: { findings: { rule: string }[] }) =>
    each.findings.map(({ rule }) => rule),
  );
  expect(rules).toEqual([]);
});

test('a dry run gives the exact sizes and writes nothing', async () => {
  const file = modelFile();
  const planned = JSON.parse((await split(file, '--max-size', '2200', '--dry-run', '--json')).out);
  expect(neighboursOf(file)).toEqual([]);
  expect(planned.status).toBe('planned');
  const done = JSON.parse((await split(file, '--max-size', '2200', '--json')).out);
  expect(done.files).toEqual(planned.files);
});

test('as text: the files, what is larger than asked for, the sum', async () => {
  const file = modelFile();
  const { out } = await split(file, '--max-size', '1kB', '--dry-run');
  const lines = out.replaceAll(`${path.dirname(file)}${path.sep}`, '').split('\n');
  expect(lines).toEqual([
    'model.gguf',
    expect.stringMatching(/^out-00001-of-00003\.gguf +1 tensor +\d+ B$/),
    expect.stringMatching(/^out-00002-of-00003\.gguf +1 tensor +2\.\d+ KiB$/),
    expect.stringMatching(/^out-00003-of-00003\.gguf +3 tensors +\d+ B$/),
    'one file is larger than --max-size: that is of tensor data, and a larger tensor',
    'stays whole',
    expect.stringMatching(/^would write 5 tensors and 3\.\d+ KiB in 3 files$/),
    '',
  ]);
  expect((await split(file, '--max-tensors', '1', '--quiet')).out).toBe('');
});

test('progress is told where it is asked for', async () => {
  const { err } = await split(modelFile(), '--max-tensors', '3', '--progress', 'json');
  const events = err
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events.at(-1)).toMatchObject({ event: 'end', unit: 'bytes' });
  expect(events.at(-1).done).toBeGreaterThan(0.9 * events.at(-1).total);
});

test.each<[string, () => string, number, RegExp]>([
  ['is a shard', shardFile, 3, /model\.gguf: the file is a shard of a set of 2: join them first/],
  ['is no GGUF', () => tempFile(Buffer.from('<html>')), 3, /model\.gguf: /],
  ['is missing', () => path.join(path.dirname(modelFile()), 'none.gguf'), 3, /cannot read .*none\.gguf: no such file/],
  ['was left by a change', interrupted, 3, /run: ggufix recover .*model\.gguf/],
])('a source that %s is refused', async (_, make, code, message) => {
  const file = make();
  const { out, err, exit } = await split(file, '--max-tensors', '1');
  expect([out, exit]).toEqual(['', code]);
  expect(err).toMatch(message);
});

function shardFile(): string {
  return tempFile(smallModel().metadata('split.count', { type: 'uint16', value: 2 }).bytes());
}

function interrupted(): string {
  const file = modelFile();
  writeFileSync(companionsOf(file).journal, '');
  return file;
}

test.each([
  ['-', 'shards cannot go to standard output'],
  ['sub/', 'it is a folder: add a name'],
  ['sub/..', 'it is a folder: add a name'],
  ['a'.repeat(240), 'its name has 260 bytes, expected at most 255'],
])('shards cannot be called %s, nor are they planned so', async (name, why) => {
  const file = modelFile();
  mkdirSync(path.join(path.dirname(file), 'sub'));
  const out = name === '-' ? name : `${path.dirname(file)}/${name}`;
  for (const flags of [[], ['--dry-run'], ['--force']]) {
    const argv = ['split', file, out, '--max-tensors', '3', ...flags];
    const { out: printed, err, exit } = await runCli(argv);
    expect([printed, exit]).toEqual(['', 3]);
    expect(err).toContain(`: ${why}\n`);
  }
  expect(readdirSync(path.dirname(file)).toSorted()).toEqual(['model.gguf', 'sub']);
});

test('a dry run says which names are taken', async () => {
  const file = modelFile();
  await split(file, '--max-tensors', '3');
  const notesOf = async (...flags: string[]): Promise<string[]> =>
    JSON.parse((await split(file, '--max-tensors', '3', '--dry-run', '--json', ...flags)).out).notes;
  const names = neighboursOf(file).map((name) => path.join(path.dirname(file), name));
  expect(await notesOf()).toEqual(names.map((name) => `${name} exists already: only --force replaces it`));
  expect(await notesOf('--force')).toEqual([]);
});

test('the ending of the name goes to the end of the names, however it is spelt', async () => {
  const file = modelFile();
  const argv = ['split', file, path.join(path.dirname(file), 'X.GGUF'), '--max-tensors', '3'];
  expect((await runCli(argv)).exit).toBe(0);
  expect(neighboursOf(file)).toEqual(['X-00001-of-00002.gguf', 'X-00002-of-00002.gguf']);
});

test('--json is a document also where it failed', async () => {
  const { out, err, exit } = await split(
    path.join(path.dirname(modelFile()), 'none.gguf'),
    '--max-tensors',
    '1',
    '--json',
  );
  const document = splitDocumentSchema.parse(JSON.parse(out));
  expect(document).toMatchObject({ status: 'failed', error: { code: 'source-unreadable' } });
  expect(exit).toBe(3);
  expect(err).toContain('no such file');
});

test('a source that is elsewhere is not taken for a missing file', async () => {
  const { err, exit } = await runCli(['split', 'hf:owner/model', 'out', '--max-tensors', '1']);
  expect([err, exit]).toEqual(['ggufix: hf:owner/model: reading hf sources is not supported yet\n', 3]);
});

test('no limit is wrong usage', async () => {
  const { err, exit } = await split(modelFile());
  expect([err, exit]).toEqual(['ggufix: say when a shard is full, with --max-size or --max-tensors\n', 2]);
});

test('a shard that is there is kept unless forced', async () => {
  const file = modelFile();
  const taken = path.join(path.dirname(file), 'out-00002-of-00002.gguf');
  writeFileSync(taken, 'old');
  const refused = await split(file, '--max-tensors', '3');
  expect(refused).toMatchObject({ out: '', exit: 3, err: expect.stringContaining('say --force to replace it') });
  expect(readFileSync(taken, 'utf8')).toBe('old');
  expect((await split(file, '--max-tensors', '3', '--force')).exit).toBe(0);
  expect(readdirSync(path.dirname(file))).toHaveLength(3);
});

/** Prints what a process took at most, at its end. */
const PEAK = 'data:text/javascript,process.on("exit",()=>console.error(process.resourceUsage().maxRSS))';

/** Most memory in MiB that splitting a file of `tensors` tensors of 16 MiB took. */
function peakOf(tensors: number): number {
  const bytes = new Uint8Array();
  const length = 16 * 2 ** 20;
  const header = Array.from({ length: tensors }).reduce<GgufBuilder>(
    (model, _, i) => model.tensor(`t${i}`, 'I8', [length], { bytes, offset: i * length }),
    gguf(),
  );
  const file = tempFile(header.bytes());
  truncateSync(file, statSync(file).size + tensors * length);
  const argv = ['--import', PEAK, BINARY, 'split', file, `${file}-out`, '--max-tensors', '2', '--quiet'];
  const { status, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  return Number(stderr) / 1024;
}

test('the memory that it takes does not depend on the size of the file', () => {
  expect(peakOf(2)).toBeLessThan(150);
  expect(peakOf(32)).toBeLessThan(150);
});
