import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { openFile } from '../../src/sources/file.js';
import { tempFolder } from '../support/temp.js';

describe('openFile', () => {
  test.skipIf(process.platform === 'win32')('refuses a pipe that nobody writes to at once', async () => {
    const pipe = path.join(tempFolder(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    await expect(openFile(pipe)).rejects.toMatchObject({ code: 'source-unreadable' });
  });

  test('refuses a folder', async () => {
    await expect(openFile(tempFolder())).rejects.toThrow(/it is a directory/);
  });

  test('reads exactly the bytes asked for', async () => {
    const file = path.join(tempFolder(), 'a');
    writeFileSync(file, 'abcdef');
    await using source = await openFile(file);
    expect(Buffer.from(await source.read(2, 3)).toString()).toBe('cde');
    await expect(source.read(4, 3)).rejects.toThrow();
  });
});
