import { chmodSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeText } from '../../src/edit/write-text.js';
import { tempFolder } from '../support/temp.js';

describe('writeText', () => {
  test('replaces a report, keeps its mode and leaves nothing beside it', async () => {
    const folder = tempFolder();
    const file = path.join(folder, 'report.json');
    writeFileSync(file, 'old');
    chmodSync(file, 0o640);
    await writeText(file, 'new');
    expect(readFileSync(file, 'utf8')).toBe('new');
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder)).toEqual(['report.json']);
  });

  test('follows a link, also one to a file that is not there yet', async () => {
    const folder = tempFolder();
    const link = path.join(folder, 'link');
    symlinkSync('target', link);
    await writeText(link, 'first');
    await writeText(link, 'second');
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(path.join(folder, 'target'), 'utf8')).toBe('second');
  });

  test.each([
    ['a.gguf', 'no magic'],
    ['a.SAFETENSORS', ''],
    ['renamed', 'GGUF and more'],
  ])('does not take the place of the model %s', async (name, content) => {
    const file = path.join(tempFolder(), name);
    writeFileSync(file, content);
    await expect(writeText(file, 'report')).rejects.toMatchObject({ code: 'not-writable' });
    expect(readFileSync(file, 'utf8')).toBe(content);
  });

  test('writes to what is no regular file as it is', async () => {
    await writeText('/dev/null', 'report');
    expect(lstatSync('/dev/null').isFile()).toBe(false);
  });

  test('names the report that it cannot write', async () => {
    const folder = tempFolder();
    const file = path.join(folder, 'gone', 'report.json');
    const link = path.join(folder, 'link');
    symlinkSync(file, link);
    for (const report of [file, link]) {
      await expect(writeText(report, '')).rejects.toThrow(`cannot write ${report}: its folder does not exist`);
    }
    await expect(writeText(folder, '')).rejects.toThrow(`cannot write ${folder}: it is a folder`);
  });

  test.skipIf(process.getuid?.() === 0 || process.platform === 'win32')('needs a folder for a new file', async () => {
    const folder = tempFolder();
    chmodSync(folder, 0o500);
    const file = path.join(folder, 'report.json');
    await expect(writeText(file, '')).rejects.toThrow(`cannot write ${file}: its folder cannot be written to`);
  });
});
