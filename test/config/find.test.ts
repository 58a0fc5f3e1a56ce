import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { CONFIG_NAME, findConfig } from '../../src/config/find.js';
import { readConfig } from '../../src/config/read.js';
import { MAX_CONFIG_BYTES } from '../../src/limits.js';
import { tempFolder } from '../support/temp.js';

function folders(): { root: string; inner: string } {
  const root = tempFolder();
  const inner = path.join(root, 'a', 'b');
  mkdirSync(inner, { recursive: true });
  return { root, inner };
}

test('the nearest config upwards', async () => {
  const { root, inner } = folders();
  writeFileSync(path.join(root, CONFIG_NAME), '');
  expect(await findConfig(inner)).toBe(path.join(root, CONFIG_NAME));
  writeFileSync(path.join(root, 'a', CONFIG_NAME), '');
  expect(await findConfig(inner)).toBe(path.join(root, 'a', CONFIG_NAME));
});

test('not above a repository, but in its own folder', async () => {
  const { root, inner } = folders();
  writeFileSync(path.join(root, CONFIG_NAME), '');
  mkdirSync(path.join(root, 'a', '.git'));
  expect(await findConfig(inner)).toBeUndefined();
  writeFileSync(path.join(root, 'a', CONFIG_NAME), '');
  expect(await findConfig(inner)).toBe(path.join(root, 'a', CONFIG_NAME));
});

test('a config that is too large, a folder, or not there', async () => {
  const { root } = folders();
  const file = path.join(root, CONFIG_NAME);
  writeFileSync(file, '#'.repeat(MAX_CONFIG_BYTES + 1));
  await expect(readConfig(file)).rejects.toMatchObject({ code: 'bad-option' });
  await expect(readConfig(root)).rejects.toMatchObject({ code: 'source-unreadable' });
  await expect(readConfig(path.join(root, 'none'))).rejects.toMatchObject({
    code: 'source-unreadable',
    message: expect.stringMatching(/none: no such file$/),
  });
});
