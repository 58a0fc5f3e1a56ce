import { closeSync, openSync } from 'node:fs';
import { expect, test } from 'vitest';
import { EarlySync } from '../../src/tensors/early-sync.js';
import { openTargetFile } from './support/files.js';

const MUCH = 64 * 2 ** 20;

test('syncs a file that much was written to', async () => {
  const sync = new EarlySync(openTargetFile().fd);
  for (let i = 0; i < 4; i += 1) sync.wrote(MUCH);
  await expect(sync.settle()).resolves.toBeUndefined();
});

test('reports a sync that failed, as the system does so only once', async () => {
  const fd = openSync('/dev/null', 'w');
  closeSync(fd);
  const sync = new EarlySync(fd);
  sync.wrote(MUCH);
  await expect(sync.settle()).rejects.toMatchObject({ code: 'EBADF' });
  await expect(sync.settle()).rejects.toMatchObject({ code: 'EBADF' });
});

test('does not mind what cannot be synced', async () => {
  const fd = openSync('/dev/null', 'w');
  const sync = new EarlySync(fd);
  sync.wrote(MUCH);
  await expect(sync.settle()).resolves.toBeUndefined();
  closeSync(fd);
});

test('leaves little alone', async () => {
  const sync = new EarlySync(-1);
  sync.wrote(MUCH - 1);
  await expect(sync.settle()).resolves.toBeUndefined();
  sync.wrote(1);
  await expect(sync.settle()).rejects.toMatchObject({ name: expect.any(String) });
});
