import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { confine, confineFiles } from '../../src/batch/confine.js';
import { layoutOf } from '../../src/batch/layout.js';
import { readManifest } from '../../src/batch/manifest/read.js';
import { gemma } from '../cli/support/gemma.js';
import { tempFolder } from '../support/temp.js';
import { batchPlace } from './support/place.js';

/** Two folders, of which one is a root. */
function twoFolders(): { readonly root: string; readonly outside: string } {
  const folder = tempFolder();
  const [root, outside] = [path.join(folder, 'root'), path.join(folder, 'outside')];
  for (const each of [root, outside]) mkdirSync(each);
  writeFileSync(path.join(outside, 'file'), '');
  return { root, outside };
}

const refused = { code: 'not-writable' };

describe('confineFiles', () => {
  test('lets pass what is inside, there or not', async () => {
    const { root } = twoFolders();
    writeFileSync(path.join(root, 'a'), '');
    symlinkSync(path.join(root, 'a'), path.join(root, 'link'));
    const files = [
      root,
      ...['a', 'link', 'b', 'new/folder/b', '..name', 'x/../y'].map((each) => path.join(root, each)),
    ];
    await expect(confineFiles(files, [root])).resolves.toBeUndefined();
  });

  test.each(['../outside/file', '../outside', '..', '../root2', '../rootless/x', '/etc/passwd', 'a/../../outside/new'])(
    'refuses %s',
    async (file) => {
      const { root } = twoFolders();
      await expect(confineFiles([path.resolve(root, file)], [root])).rejects.toMatchObject(refused);
    },
  );

  test.each([
    ['a file', 'file', ''],
    ['a folder', '', 'file'],
    ['a folder, for what is not there', '', 'new/file'],
    ['what is not there', 'new', ''],
    ['a folder that is not there', 'new', 'file'],
    ['what is not there, by a relative link', '../outside/new', ''],
  ])('refuses a link to %s outside', async (_title, target, rest) => {
    const { root, outside } = twoFolders();
    symlinkSync(target.startsWith('..') ? target : path.join(outside, target), path.join(root, 'link'));
    await expect(confineFiles([path.join(root, 'link', rest)], [root])).rejects.toMatchObject(refused);
  });

  test('a link to a link to the outside is refused, and links in a circle come to an end', async () => {
    const { root, outside } = twoFolders();
    symlinkSync('two', path.join(root, 'one'));
    symlinkSync(path.join(outside, 'new'), path.join(root, 'two'));
    await expect(confineFiles([path.join(root, 'one')], [root])).rejects.toMatchObject(refused);
    symlinkSync('b', path.join(root, 'a'));
    symlinkSync('a', path.join(root, 'b'));
    await confineFiles([path.join(root, 'a')], [root]).catch(() => undefined);
  });

  test('a root may be a link, and one of several is enough', async () => {
    const { root, outside } = twoFolders();
    const link = path.join(path.dirname(root), 'link');
    symlinkSync(root, link);
    await confineFiles([path.join(link, 'a'), path.join(root, 'a')], [link]);
    await confineFiles([path.join(root, 'a'), path.join(outside, 'file')], [root, outside]);
    await confineFiles(['/etc/passwd'], ['/']);
  });
});

const BASE = 'models: m.gguf\noutput: out\n';

test.each([
  ['the output folder', 'models: m.gguf\noutput: ../out\noutputs: fix'],
  ['an imatrix', `${BASE}imatrix: ../i.gguf\noutputs: Q8_0`],
  ['a text to make one with', `${BASE}imatrix: { text: ../t.txt }\noutputs: Q8_0`],
  ['an imatrix of a model', 'models: { source: m.gguf, imatrix: ../i.gguf }\noutput: out\noutputs: Q8_0'],
  ['a text to measure on', `${BASE}evaluate: ../t.txt\noutputs: Q8_0`],
  ['that of a model', 'models: { source: m.gguf, evaluate: ../t.txt }\noutput: out\noutputs: Q8_0'],
  ['a file to be like', `${BASE}outputs: { like: ../l.gguf }`],
  ['that of a model', 'models: { source: m.gguf, outputs: [{ like: ../l.gguf }] }\noutput: out'],
  ['a recipe', `${BASE}outputs: { recipe: ../r.yaml }`],
  ['a config', `${BASE}outputs: fix\ncheck: { config: ../c.yaml }`],
])('a manifest with %s outside is refused', async (_title, text) => {
  const place = batchPlace(text);
  const manifest = await readManifest(place.at('ggufix.batch.yaml'));
  const layout = layoutOf(manifest.folder, manifest.settings.output);
  await expect(confine(manifest, layout, [place.folder])).rejects.toMatchObject(refused);
  await expect(confine(manifest, layout, [path.dirname(place.folder)])).resolves.toBeUndefined();
});

test('a state folder that leads out is refused', async () => {
  const place = batchPlace(`${BASE}outputs: fix`);
  const { outside } = twoFolders();
  mkdirSync(place.at('out/.ggufix-batch'), { recursive: true });
  symlinkSync(outside, place.at('out/.ggufix-batch/work'));
  const manifest = await readManifest(place.at('ggufix.batch.yaml'));
  await expect(confine(manifest, layoutOf(place.folder, 'out'), [place.folder])).rejects.toMatchObject(refused);
});

test.each([
  ['a model outside', '../outside.gguf'],
  ['a glob that leads out', '../*.gguf'],
  ['a link that leads out', 'link.gguf'],
  ['a folder with such a link', '.'],
])('openBatch refuses %s before it reads it', async (_title, source) => {
  const folder = tempFolder();
  writeFileSync(path.join(folder, 'outside.gguf'), gemma().bytes());
  mkdirSync(path.join(folder, 'root'));
  symlinkSync(path.join(folder, 'outside.gguf'), path.join(folder, 'root/link.gguf'));
  const file = path.join(folder, 'root/ggufix.batch.yaml');
  writeFileSync(file, `models: '${source}'\noutput: out\noutputs: fix`);
  const { openBatch } = await import('../../src/batch/open-batch.js');
  const { signal } = new AbortController();
  const options = { version: '1', engine: 'auto', threads: 1, signal, roots: [path.join(folder, 'root')] };
  await expect(openBatch(file, options)).rejects.toMatchObject(refused);
});
