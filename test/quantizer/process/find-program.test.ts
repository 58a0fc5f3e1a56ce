import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { findProgram } from '../../../src/quantizer/process/find-program.js';
import { tempFolder } from '../../support/temp.js';

const PLACE = { name: 'llama-tool', given: undefined, flag: '--llama-tool', variable: 'LLAMA_TOOL' };

/** A folder with a program of this name. */
function folderWith(name = 'llama-tool', mode = 0o755): string {
  const folder = tempFolder();
  const file = path.join(folder, name);
  writeFileSync(file, '');
  chmodSync(file, mode);
  return folder;
}

describe.skipIf(process.platform === 'win32')('findProgram', () => {
  test('takes the path that was given before the variable, and that before PATH', async () => {
    const [given, named, found] = [folderWith('mine'), folderWith('named'), folderWith()];
    const env = { LLAMA_TOOL: path.join(named, 'named'), PATH: found };
    const mine = path.join(given, 'mine');
    expect(await findProgram({ ...PLACE, given: mine }, env)).toBe(mine);
    expect(await findProgram(PLACE, env)).toBe(path.join(named, 'named'));
    expect(await findProgram(PLACE, { PATH: found })).toBe(path.join(found, 'llama-tool'));
    expect(await findProgram(PLACE, { LLAMA_TOOL: '', PATH: found })).toBe(path.join(found, 'llama-tool'));
  });

  test('passes over folders of PATH with something else of that name', async () => {
    const folder = tempFolder();
    mkdirSync(path.join(folder, 'llama-tool'));
    const plain = folderWith('llama-tool', 0o644);
    const found = folderWith();
    const PATH = ['/nowhere', folder, plain, found].join(path.delimiter);
    expect(await findProgram(PLACE, { PATH })).toBe(path.join(found, 'llama-tool'));
  });

  test.each(['', '.', 'bin'])('looks in no folder of PATH that depends on where one stands: %j', async (part) => {
    await expect(findProgram({ ...PLACE, name: 'package.json' }, { PATH: part })).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  test('what was named and is not there is not replaced by another', async () => {
    const PATH = folderWith();
    await expect(findProgram({ ...PLACE, given: '/nowhere/x' }, { PATH })).rejects.toThrow(
      '/nowhere/x, named by --llama-tool, is no program that can be run',
    );
    await expect(findProgram(PLACE, { PATH, LLAMA_TOOL: '/nowhere/y' })).rejects.toThrow(
      '/nowhere/y, named by LLAMA_TOOL, is no program that can be run',
    );
  });

  test('where there is none it says how to name one', async () => {
    await expect(findProgram(PLACE, {})).rejects.toMatchObject({
      code: 'unavailable',
      message: 'llama-tool is neither on PATH nor named by --llama-tool or LLAMA_TOOL',
    });
  });
});
