import { closeSync, openSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { lendPool } from '../../src/tensors/lend-pool.js';
import { createPool } from '../../src/tensors/pool.js';
import { tempFile } from '../support/temp.js';

test('a lent pool works, and closing it leaves the pool open', async () => {
  await using pool = createPool({ threads: 0 });
  const open = lendPool(pool);
  const [from, to] = [tempFile(Buffer.from('weights')), tempFile(Buffer.alloc(7))];
  const [fd, out] = [openSync(from, 'r'), openSync(to, 'r+')];
  for (const offset of [0, 3]) {
    await using lent = await open();
    await lent.copy({ from: { fd, offset }, to: { fd: out, offset }, length: 4 });
  }
  for (const each of [fd, out]) closeSync(each);
  expect(readFileSync(to, 'latin1')).toBe('weights');
});
