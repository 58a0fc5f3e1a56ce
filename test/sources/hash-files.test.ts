import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { hashFiles } from '../../src/sources/hash-files.js';
import { tempFile, tempFolder } from '../support/temp.js';

describe('hashFiles', () => {
  test('is the hash of one file after another', async () => {
    const files = ['first', 'second'].map((text) => tempFile(Buffer.from(text)));
    const expected = createHash('sha256').update('firstsecond').digest('hex');
    expect(await hashFiles(files)).toBe(expected);
  });

  test.each([0, 1, 2 ** 20 - 1, 2 ** 20, 2 ** 20 + 1, 3 * 2 ** 20 + 7])('of %i bytes', async (length) => {
    const bytes = Buffer.from(Array.from({ length: 997 }, (_, i) => (i * i) % 251));
    const file = tempFile(Buffer.alloc(length, bytes));
    expect(await hashFiles([file])).toBe(createHash('sha256').update(readFileSync(file)).digest('hex'));
  });

  test('of a missing file names it', async () => {
    const file = path.join(tempFolder(), 'gone');
    await expect(hashFiles([file])).rejects.toMatchObject({
      code: 'source-unreadable',
      message: expect.stringContaining(`cannot read ${file}`),
    });
  });

  test('of a folder', async () => {
    const folder = tempFolder();
    await expect(hashFiles([folder])).rejects.toMatchObject({ message: `cannot read ${folder}: it is a directory` });
  });

  test.skipIf(process.platform === 'win32')('of a pipe that nobody writes to is refused at once', async () => {
    const pipe = path.join(tempFolder(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    await expect(hashFiles([pipe])).rejects.toMatchObject({ message: `cannot read ${pipe}: it is no regular file` });
  });

  test('stops', async () => {
    const file = tempFile(Buffer.alloc(2 ** 22));
    await expect(hashFiles([file], AbortSignal.abort())).rejects.toMatchObject({ code: 'aborted' });
  });
});
