import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { patchUnpublished } from '../../src/edit/patch-unpublished.js';
import { neighboursOf, tempFile } from '../support/temp.js';

test('the bytes are there, the others stay, and nothing stands beside the file', async () => {
  const file = tempFile(Buffer.from('0123456789'));
  await patchUnpublished(file, [
    { offset: 1, bytes: Buffer.from('ab') },
    { offset: 9, bytes: Buffer.from('c') },
  ]);
  expect(readFileSync(file, 'utf8')).toBe('0ab345678c');
  expect(neighboursOf(file)).toEqual([]);
});

test('a file that is not there is an error', async () => {
  await expect(patchUnpublished('/nowhere', [])).rejects.toMatchObject({ code: 'ENOENT' });
});
