import { expect, test } from 'vitest';
import { lazyPool } from '../../src/evidence/lazy-pool.js';
import { oneAtATime } from '../../src/evidence/one-at-a-time.js';

test('the pool of a run is one, and closing it is no work where nobody asked for it', async () => {
  await lazyPool({ threads: 1 })[Symbol.asyncDispose]();
  await using pool = lazyPool({ threads: 1 });
  const [first, second] = await Promise.all([pool.open(), pool.open()]);
  expect(first).toBe(second);
});

test('work that needs the machine for itself runs in order, also after a failure', async () => {
  const alone = oneAtATime();
  const log: string[] = [];
  const work =
    (name: string, fails = false) =>
    async () => {
      log.push(`${name} begins`);
      await Promise.resolve();
      log.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    };
  const results = await Promise.allSettled([alone(work('a', true)), alone(work('b')), alone(() => 'c')]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
  expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
});
