import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { outputPath, refuseLinksOut } from '../../../src/batch/manifest/output-path.js';
import { isGgufError } from '../../../src/errors.js';
import { tempFolder } from '../../support/temp.js';

describe('a path in a folder', () => {
  test.each(['a.gguf', 'a/b.gguf', 'a/../b.gguf', '..a.gguf'])('%s', (name) => {
    expect(outputPath('/out', name)).toBe(path.resolve('/out', name));
  });

  test.each(['', '.', '..', '../a', 'a/../../b', '/etc/passwd', '../out2/a', 'a\0b'])('%j is none', (name) => {
    expect(() => outputPath('/out', name)).toThrow('is not inside the output folder /out');
  });
});

describe('links', () => {
  const refused = expect.objectContaining({ code: 'not-writable' });

  test('none: nothing there, folders, a file', async () => {
    const folder = tempFolder();
    mkdirSync(path.join(folder, 'a'));
    writeFileSync(path.join(folder, 'a/b'), '');
    await refuseLinksOut(path.join(folder, 'not-yet'), path.join(folder, 'not-yet/x/y'));
    await refuseLinksOut(folder, path.join(folder, 'a/b'));
    await refuseLinksOut(folder, path.join(folder, 'a/c/d'));
  });

  test('inside, and of the folder itself', async () => {
    const folder = tempFolder();
    mkdirSync(path.join(folder, 'real/a'), { recursive: true });
    symlinkSync('a', path.join(folder, 'real/b'));
    symlinkSync('real', path.join(folder, 'out'));
    await refuseLinksOut(path.join(folder, 'out'), path.join(folder, 'out/b/x.gguf'));
  });

  test('out: of a parent, of the file, dangling, through each other', async () => {
    const [folder, elsewhere] = [tempFolder(), tempFolder()];
    symlinkSync(elsewhere, path.join(folder, 'parent'));
    symlinkSync('parent', path.join(folder, 'two'));
    writeFileSync(path.join(elsewhere, 'victim'), '');
    symlinkSync(path.join(elsewhere, 'victim'), path.join(folder, 'file'));
    symlinkSync(path.join(elsewhere, 'missing'), path.join(folder, 'dangling'));
    symlinkSync('loop', path.join(folder, 'loop'));
    for (const name of ['parent/x', 'parent/x/y', 'two/x', 'file', 'dangling', 'dangling/x', 'loop/x']) {
      await expect(refuseLinksOut(folder, path.join(folder, name)), name).rejects.toEqual(refused);
    }
  });

  test('a file in the place of a folder', async () => {
    const folder = tempFolder();
    writeFileSync(path.join(folder, 'a'), '');
    const error = await refuseLinksOut(folder, path.join(folder, 'a/b/c')).catch((cause: unknown) => cause);
    expect(isGgufError(error, 'not-writable') && error.message).toMatch(/^cannot look at .*ENOTDIR/);
  });
});
