import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { removeTempFolders, withTempFolder } from '../../src/edit/temp-folder.js';
import { tempFolder } from '../support/temp.js';

test('the folder is there for the work and gone after it, with what is in it', async () => {
  const parent = tempFolder();
  const result = await withTempFolder(path.join(parent, '.x'), async (folder) => {
    writeFileSync(path.join(folder, 'file'), 'text');
    expect(path.dirname(folder)).toBe(parent);
    expect(readdirSync(parent)).toEqual([path.basename(folder)]);
    return 7;
  });
  expect(result).toBe(7);
  expect(readdirSync(parent)).toEqual([]);
});

test('it is gone after a failure, too', async () => {
  const parent = tempFolder();
  const failing = withTempFolder(path.join(parent, '.x'), () => Promise.reject(new Error('no disk')));
  await expect(failing).rejects.toThrow('no disk');
  expect(readdirSync(parent)).toEqual([]);
});

test('folders that killed runs left go, and nothing else', async () => {
  const parent = tempFolder();
  mkdirSync(path.join(parent, '.x-abc', 'sub'), { recursive: true });
  mkdirSync(path.join(parent, '.xy'));
  mkdirSync(path.join(parent, 'elsewhere'));
  writeFileSync(path.join(parent, '.x-file'), '');
  symlinkSync('elsewhere', path.join(parent, '.x-link'));
  expect(await removeTempFolders(path.join(parent, '.x'))).toBe(true);
  expect(readdirSync(parent).sort()).toEqual(['.x-file', '.x-link', '.xy', 'elsewhere']);
  expect(await removeTempFolders(path.join(parent, '.x'))).toBe(false);
});

test('no two runs share a folder, since what a killed one started may still write to its own', async () => {
  const parent = tempFolder();
  const names = new Set<string>();
  for (let run = 0; run < 3; run += 1)
    await withTempFolder(path.join(parent, '.x'), async (folder) => names.add(folder));
  expect(names.size).toBe(3);
});
