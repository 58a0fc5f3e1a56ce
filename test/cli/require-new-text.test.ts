import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { requireNewText } from '../../src/cli/require-new-text.js';
import { tempFile, tempFolder } from '../support/temp.js';

const isPosix = process.platform !== 'win32';

test('a file that is not there yet, and one that is to be replaced', async () => {
  const input = tempFile(Buffer.from('x'), 'in.gguf');
  await requireNewText(path.join(tempFolder(), 'new.yaml'), [input], false);
  await requireNewText(tempFile(Buffer.from('x'), 'old.yaml'), [input], true);
});

test.runIf(isPosix)('a device', async () => {
  await requireNewText('/dev/null', [], false);
});

test('another file is refused unless forced', async () => {
  await expect(requireNewText(tempFile(Buffer.from('x'), 'old.yaml'), [], false)).rejects.toMatchObject({
    code: 'not-writable',
    details: { why: 'it exists already; say --force to replace it' },
  });
});

test('a folder, and what is in none, is refused', async () => {
  await expect(requireNewText(tempFolder(), [], true)).rejects.toMatchObject({ details: { why: 'it is a folder' } });
  await expect(requireNewText('/nowhere/new.yaml', [], true)).rejects.toMatchObject({ code: 'not-writable' });
});

test('an input is refused also where forced, by a link too', async () => {
  const input = tempFile(Buffer.from('x'), 'in.yaml');
  const link = path.join(path.dirname(input), 'link.yaml');
  symlinkSync(input, link);
  for (const out of [input, link]) {
    await expect(requireNewText(out, [input], true)).rejects.toMatchObject({
      code: 'not-writable',
      details: { why: `it is ${input}, which it would come from` },
    });
  }
});
