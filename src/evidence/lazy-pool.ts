import { availableParallelism } from 'node:os';
import type { WorkerPool } from '../tensors/pool.js';

/** The worker pool of a run: made when somebody first asks for it, the same for all who do, closed with the run. */
export interface LazyPool extends AsyncDisposable {
  open(): Promise<WorkerPool>;
}

/** A pool with so many threads; 0 works in the main thread, `undefined` means one for each processor. */
export function lazyPool({ threads }: { readonly threads: number | undefined }): LazyPool {
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
