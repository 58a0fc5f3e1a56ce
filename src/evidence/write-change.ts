import { applyChange, type ChangeOptions, type PlannedChange } from '../edit/change-file.js';
import { type StartWork, withProgress } from '../quantizer/quantize/progress.js';
import type { FileSource } from '../sources/file.js';
import { lentPool } from '../tensors/lent-pool.js';
import type { LazyPool } from './lazy-pool.js';

/** What a change is done with. */
export interface WriteContext {
  /** Opened only where tensors are copied or converted, and left open. */
  readonly pool: LazyPool;
  readonly signal: AbortSignal;
  /** Shows how far it is. */
  readonly startWork?: StartWork | undefined;
}

/** Does a planned change to the file behind `source`, or to `options.out`. Resolves to the seconds that it took. */
export async function writeChange(
  source: FileSource,
  planned: PlannedChange,
  options: ChangeOptions,
  { pool, signal, startWork }: WriteContext,
): Promise<number> {
  const start = performance.now();
  const work = { label: `${planned.plan.strategy} ${source.uri}`, total: planned.bytes, unit: 'bytes' } as const;
  await withProgress(startWork, work, async (onProgress) => {
    const openPool = async () => lentPool(await pool.open());
    await applyChange(source, planned, options, { openPool, signal, onProgress });
  });
  return (performance.now() - start) / 1000;
}
