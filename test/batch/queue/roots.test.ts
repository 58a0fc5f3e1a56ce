import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { manifestBelow, manifestFile } from '../../../src/batch/queue/roots.js';
import { tempFolder } from '../../support/temp.js';

function shared(): { root: string; other: string; manifest: string } {
  const [root, other] = [tempFolder(), tempFolder()];
  mkdirSync(path.join(root, 'sub'));
  const manifest = path.join(root, 'sub', 'm.yaml');
  writeFileSync(manifest, '');
  writeFileSync(path.join(other, 'm.yaml'), '');
  symlinkSync(other, path.join(root, 'out'));
  symlinkSync(root, path.join(other, 'in'));
  return { root, other, manifest };
}

test('a manifest is named from the root that it is in, by whatever way one comes to it', async () => {
  const { root, other, manifest } = shared();
  expect(await manifestBelow([root], manifest)).toBe('sub/m.yaml');
  expect(await manifestBelow([other, root], path.join(other, 'in', 'sub', 'm.yaml'))).toBe('sub/m.yaml');
  await expect(manifestBelow([other], manifest)).rejects.toMatchObject({ code: 'bad-option' });
  await expect(manifestBelow([root], path.join(root, 'none'))).rejects.toMatchObject({ code: 'source-unreadable' });
});

test('it is found in any root, and not through a link that leads out of it', async () => {
  const { root, other, manifest } = shared();
  expect(await manifestFile([other, '/nowhere', root], 'sub/m.yaml')).toBe(manifest);
  const refused = expect.objectContaining({ code: 'source-unreadable' });
  const messages = await Promise.all(
    ['out/m.yaml', 'sub/none.yaml'].map((below) => manifestFile([root], below).catch((error: unknown) => error)),
  );
  expect(messages).toEqual([refused, refused]);
  // Both in the same words: they tell nobody what is on the disk.
  expect(String(messages[0]).replace('out/m.yaml', 'X')).toBe(String(messages[1]).replace('sub/none.yaml', 'X'));
});
