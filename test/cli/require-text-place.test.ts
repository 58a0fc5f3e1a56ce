import { symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { requireTextPlace } from '../../src/cli/require-text-place.js';
import { tempFile, tempFolder } from '../support/temp.js';

test('a new file, one that is replaced, and one behind a link', async () => {
  const folder = tempFolder();
  const [old, link] = ['old.json', 'link'].map((name) => path.join(folder, name)) as [string, string];
  await requireTextPlace(old, ['/nowhere/in.gguf']);
  writeFileSync(old, 'x');
  symlinkSync(old, link);
  for (const out of [old, link]) await requireTextPlace(out, ['/nowhere/in.gguf']);
});

test.runIf(process.platform !== 'win32')('a device', async () => {
  await requireTextPlace('/dev/null', []);
});

test('what has no place, is a folder, an input or a model is refused', async () => {
  const input = tempFile(Buffer.from('x'), 'in.txt');
  const refused = [
    ['/nowhere/new.svg', 'its folder does not exist'],
    [path.dirname(input), 'it is a folder'],
    [input, `it is ${input}, which it would come from`],
    [tempFile(Buffer.from('GGUF'), 'blob'), 'a model'],
  ] as const;
  for (const [out, why] of refused) {
    await expect(requireTextPlace(out, [input])).rejects.toMatchObject({
      code: 'not-writable',
      details: { path: out, why },
    });
  }
});
