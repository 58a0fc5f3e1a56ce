import { linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { outputFiles, requireNewOutputs } from '../../../src/quantizer/quantize/output-files.js';
import { tempFile, tempFolder } from '../../support/temp.js';

describe('outputFiles', () => {
  test('of one file is that, as it was given', () => {
    expect(outputFiles('sub/out.gguf', 1)).toEqual(['sub/out.gguf']);
    expect(outputFiles('out-00001-of-00002.gguf', 1)).toEqual(['out-00001-of-00002.gguf']);
  });

  test('of several are shards, named as llama-quantize names them', () => {
    expect(outputFiles('/a/out.gguf', 2)).toEqual(['/a/out-00001-of-00002.gguf', '/a/out-00002-of-00002.gguf']);
    expect(outputFiles('out', 2)).toEqual(['out-00001-of-00002.gguf', 'out-00002-of-00002.gguf']);
  });
});

/** One file without a recipe. */
const requireNewOutput = (out: string, inputs: readonly string[], force: boolean) =>
  requireNewOutputs({ out, inputs, force, shards: 1, sidecar: false });

describe('requireNewOutputs', () => {
  test('looks at every shard, and at the recipe beside them', async () => {
    const folder = tempFolder();
    const plan = { out: path.join(folder, 'out.gguf'), inputs: [], force: false, shards: 2, sidecar: true };
    const files = await requireNewOutputs(plan);
    expect(files.map((file) => path.basename(file))).toEqual([
      ...['out-00001-of-00002.gguf', 'out-00002-of-00002.gguf', 'out.recipe.json'],
    ]);
    for (const file of files.toReversed()) {
      writeFileSync(file, '');
      await expect(requireNewOutputs(plan)).rejects.toMatchObject(refusal(`${file}: it exists already`));
    }
    await requireNewOutputs({ ...plan, force: true });
  });

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
});
