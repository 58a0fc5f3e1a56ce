import { linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { requireNewOutput } from '../../src/edit/new-output.js';
import { tempFile, tempFolder } from '../support/temp.js';

const source = (): string => tempFile(Buffer.from('GGUF'), 'in.gguf');
const refusal = (why: string) => ({ code: 'not-writable', message: expect.stringContaining(why) });

test('takes a name that is free, and with force one that is not', async () => {
  const taken = tempFile(Buffer.from('old'), 'out.gguf');
  await requireNewOutput(path.join(tempFolder(), 'out.gguf'), [source()], false);
  await requireNewOutput(taken, [source()], true);
  await expect(requireNewOutput(taken, [source()], false)).rejects.toMatchObject(refusal('it exists already'));
});

test('refuses an input, also with force', async () => {
  const input = source();
  const refused = requireNewOutput(input, ['/nowhere', input], true);
  await expect(refused).rejects.toMatchObject(refusal(`will not write ${input}: it is what the result is made of`));
});

test.skipIf(process.platform === 'win32').each([
  ['a hard link', (input: string, name: string) => linkSync(input, name)],
  ['a symlink', (input: string, name: string) => symlinkSync(input, name)],
])('refuses an input under the name of %s', async (_what, link) => {
  const input = source();
  const name = path.join(tempFolder(), 'out.gguf');
  link(input, name);
  const refused = requireNewOutput(name, [input], true);
  await expect(refused).rejects.toMatchObject(refusal(`it is ${input}, of which it is made`));
});

test.skipIf(process.platform === 'win32')('refuses an input by a way through a linked folder', async () => {
  const input = source();
  const linked = path.join(tempFolder(), 'linked');
  symlinkSync(path.dirname(input), linked);
  const refused = requireNewOutput(path.join(linked, 'in.gguf'), [input], true);
  await expect(refused).rejects.toMatchObject(refusal(`it is ${input}`));
});

test('refuses folders, links and names in folders that are not there', async () => {
  const folder = tempFolder();
  mkdirSync(path.join(folder, 'out.gguf'));
  await expect(requireNewOutput(path.join(folder, 'out.gguf'), [], true)).rejects.toMatchObject(refusal('a folder'));
  const missing = path.join(folder, 'sub', 'out.gguf');
  await expect(requireNewOutput(missing, [], true)).rejects.toMatchObject(refusal('its folder does not exist'));
  writeFileSync(path.join(folder, 'other.gguf'), '');
  symlinkSync('other.gguf', path.join(folder, 'link.gguf'));
  const linked = path.join(folder, 'link.gguf');
  await expect(requireNewOutput(linked, [], true)).rejects.toMatchObject(refusal('it is no regular file'));
});
