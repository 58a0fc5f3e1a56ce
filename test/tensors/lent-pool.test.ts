import { expect, test } from 'vitest';
import { lentPool } from '../../src/tensors/lent-pool.js';
import { createPool } from '../../src/tensors/pool.js';

test('a lent pool works after it was closed, until its owner closes it', async () => {
  const pool = createPool({ threads: 1 });
  const lent = lentPool(pool);
  // A file that is not open: reading it is what fails, and not that the pool is closed.
  const range = {
    kind: 'scan',
    from: { fd: 2 ** 20, offset: 0 },
    length: 32,
    type: 'F32',
    hasPrevious: false,
  } as const;
  await lent[Symbol.asyncDispose]();
  await expect(lent.scan({ count: 1, at: () => range })).rejects.toMatchObject({ code: 'EBADF' });
  await pool[Symbol.asyncDispose]();
  await expect(lent.scan({ count: 1, at: () => range })).rejects.toMatchObject({ code: 'aborted' });
});
