import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { findChecksum } from '../../src/evidence/find-checksum.js';
import { tempFolder } from '../support/temp.js';

const found = createHash('sha256').update('model').digest('hex');

function folderWith(list?: string | Uint8Array): { readonly file: string; readonly folder: string } {
  const folder = tempFolder();
  const file = path.join(folder, 'm.gguf');
  writeFileSync(file, 'model');
  if (list !== undefined) writeFileSync(path.join(folder, 'SHA256SUMS'), list);
  return { file, folder };
}

test('no list is no finding; a list gives both hashes, also after a byte order mark', async () => {
  const expected = '0'.repeat(64);
  expect(await findChecksum(folderWith().file)).toBeUndefined();
  for (const mark of ['', '\ufeff']) {
    expect(await findChecksum(folderWith(`${mark}${expected}  m.gguf\n`).file)).toEqual({
      source: 'SHA256SUMS',
      listed: { line: 1, expected, found },
    });
  }
});

test.each(['', `${'0'.repeat(64)}  other.gguf\n`, Buffer.from(`${'0'.repeat(64)}  m.gguf\n`, 'utf16le')])(
  'a list that does not name the file says so (%#)',
  async (list) => {
    expect(await findChecksum(folderWith(list).file)).toEqual({ source: 'SHA256SUMS' });
  },
);

test('a list that cannot be read is a failure, not a pass', async () => {
  const { file, folder } = folderWith();
  mkdirSync(path.join(folder, 'SHA256SUMS'));
  await expect(findChecksum(file)).rejects.toMatchObject({ code: 'source-unreadable' });
  await expect(findChecksum(folderWith(Buffer.alloc(2 ** 24 + 1)).file)).rejects.toMatchObject({ code: 'bad-option' });
});
