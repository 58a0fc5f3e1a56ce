import type { WorkerPool } from './pool.js';

/** Opens a pool for those who close what they open, and leaves it to its owner: closing what this resolves to does nothing. */
export function lendPool(pool: WorkerPool): () => Promise<WorkerPool> {
  return () => Promise.resolve({ ...pool, [Symbol.asyncDispose]: () => Promise.resolve() });
}
