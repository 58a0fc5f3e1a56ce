import type { WorkerPool } from './pool.js';

/** A pool for work that closes what it is given, while its owner goes on with it: closing it does nothing. */
export function lentPool(pool: WorkerPool): WorkerPool {
  return { ...pool, [Symbol.asyncDispose]: () => Promise.resolve() };
}
