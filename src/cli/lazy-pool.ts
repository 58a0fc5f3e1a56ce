import { availableParallelism } from 'node:os';
import type { WorkerPool } from '../tensors/pool.js';
import type { SharedFlags } from './flags.js';

/** The worker pool of a run: made when somebody first asks for it, the same for all who do, closed with the run. */
export interface LazyPool extends AsyncDisposable {
  open(): Promise<WorkerPool>;
}

/** A pool with as many threads as the flags say. */
export function lazyPool({ threads }: Pick<SharedFlags, 'threads'>): LazyPool {
  let opened: Promise<WorkerPool> | undefined;
  const make = async (): Promise<WorkerPool> => {
    const { createPool } = await import('../tensors/pool.js');
    return createPool({ threads: threads ?? availableParallelism() });
  };
  return {
    async open() {
      opened ??= make();
      return await opened;
    },
    async [Symbol.asyncDispose]() {
      const pool = await opened;
      await pool?.[Symbol.asyncDispose]();
    },
  };
}
