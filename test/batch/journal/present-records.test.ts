import { createHash } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { presentRecords } from '../../../src/batch/journal/present-records.js';
import type { DoneRecord } from '../../../src/batch/journal/records.js';
import { layoutOf } from '../../../src/batch/layout.js';
import { tempFolder } from '../../support/temp.js';
import { doneRecord, failedRecord } from '../support/records.js';

const files = [{ path: 'a.gguf', bytes: 3 }];

async function presentOf(root: string, ...records: readonly DoneRecord[]): Promise<string[]> {
  const done = new Map(records.map((record) => [record.key, record]));
  const failed = new Map([['f', failedRecord('f')]]);
  const found = await presentRecords({ done, failed }, layoutOf(root, '.'));
  expect([...found.failed.keys()]).toEqual(['f']);
  return [...found.done.keys()];
}

test.each(['publish', 'imatrix', 'scores'] as const)(
  '%s counts while its files are as large as they were',
  async (step) => {
    const root = tempFolder();
    const file = path.join(root, 'a.gguf');
    const record = doneRecord('k', { files }, step);
    expect(await presentOf(root, record)).toEqual([]);
    writeFileSync(file, 'abc');
    expect(await presentOf(root, record)).toEqual(['k']);
    writeFileSync(file, 'abcd');
    expect(await presentOf(root, record)).toEqual([]);
  },
);

test('a set counts only with all of its shards', async () => {
  const root = tempFolder();
  const set = ['a-00001-of-00002.gguf', 'a-00002-of-00002.gguf'].map((name) => ({ path: name, bytes: 3 }));
  for (const { path: name } of set) writeFileSync(path.join(root, name), 'abc');
  const record = doneRecord('k', { files: set }, 'publish');
  expect(await presentOf(root, record)).toEqual(['k']);
  rmSync(path.join(root, set[1]?.path ?? ''));
  expect(await presentOf(root, record)).toEqual([]);
});

test('files of other steps have no place yet', async () => {
  for (const step of ['make', 'fix', 'split', 'hash', 'check'] as const) {
    expect(await presentOf(tempFolder(), doneRecord('k', { files }, step))).toEqual(['k']);
  }
});

test('of two records that left files of one size at one place, that counts whose file it is', async () => {
  const root = tempFolder();
  writeFileSync(path.join(root, 'a.gguf'), 'abc');
  const record = (key: string, sha256: string) =>
    doneRecord(key, { files: [{ path: 'a.gguf', bytes: 3, sha256 }] }, 'publish');
  const ours = record('ours', createHash('sha256').update('abc').digest('hex'));
  const other = record('other', createHash('sha256').update('xyz').digest('hex'));
  expect(await presentOf(root, other, ours)).toEqual(['ours']);
  expect(await presentOf(root, ours, other)).toEqual(['ours']);
});

test('steps that nobody asks about are taken at their word', async () => {
  const done = new Map(['asked', 'other'].map((key) => [key, doneRecord(key, { files }, 'publish')]));
  const found = await presentRecords(
    { done, failed: new Map() },
    layoutOf(tempFolder(), '.'),
    new Map(),
    new Set(['asked']),
  );
  expect([...found.done.keys()]).toEqual(['other']);
});
