import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { writeResults } from '../../../src/cli/batch/write-results.js';
import { doneOutput, resultsWith, sha } from '../../batch/results/support.js';
import { tempFolder } from '../../support/temp.js';

const RESULTS = resultsWith([doneOutput('a.gguf', 5)]);

test('writes all three, and the same when asked again', async () => {
  const root = tempFolder();
  const files = await writeResults(RESULTS, { root });
  const read = (): string[] => Object.values(files).map((file) => readFileSync(file, 'utf8'));
  const first = read();
  await writeResults(RESULTS, { root });
  expect(read()).toEqual(first);
  expect(readdirSync(root).sort()).toEqual(['SHA256SUMS', 'results.json', 'results.md']);
});

test('checksums of other files stay', async () => {
  const root = tempFolder();
  const other = `${sha('1')}  other.gguf\n`;
  writeFileSync(path.join(root, 'SHA256SUMS'), `${sha('0')}  a.gguf\n${other}`);
  const { checksums } = await writeResults(RESULTS, { root });
  expect(readFileSync(checksums, 'utf8')).toBe(`${other}${sha('a')}  a.gguf\n`);
});

test('no checksums, no file of them', async () => {
  const { checksums } = await writeResults({ models: [] }, { root: tempFolder() });
  expect(existsSync(checksums)).toBe(false);
});

test.skipIf(process.platform === 'win32')('a link leads nowhere else', async () => {
  const folder = tempFolder();
  const root = path.join(folder, 'out');
  mkdirSync(root);
  symlinkSync(path.join(folder, 'elsewhere'), path.join(root, 'results.md'));
  await expect(writeResults(RESULTS, { root })).rejects.toMatchObject({ code: 'not-writable' });
  expect(readdirSync(root)).toEqual(['results.md']);
});

test('a list of checksums that is absurdly large, or no file, stays as it is', async () => {
  const root = tempFolder();
  mkdirSync(path.join(root, 'SHA256SUMS'));
  await expect(writeResults(RESULTS, { root })).rejects.toMatchObject({ code: 'not-writable' });
});
