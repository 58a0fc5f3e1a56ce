import { stat } from 'node:fs/promises';
import type { Queue } from 'bullmq';
import type { PlanInQueue } from './entries.js';
import { planHash } from './job-data.js';
import type { OpenOptions, OpenWork, QueueWork } from './queue-work.js';
import { manifestFile } from './roots.js';

/** A batch that a worker has opened. */
export interface OpenedBatch {
  readonly work: QueueWork;
  readonly plan: PlanInQueue;
}

/** The batches that a worker has opened, by the paths of their manifests. */
export interface WorkBook {
  /** Opens a batch, or finds it open. One whose plan is not `hash` is opened anew: its models may have changed. */
  open(manifest: string, hash?: string): Promise<OpenedBatch>;
  /** Batches of which something may still be to do. */
  unsettled(): readonly string[];
  markSettled(manifest: string): void;
}

/** Most batches that are kept open. A plan of some hundred jobs has some hundred KB. */
const MAX_OPEN = 16;

/** A book with nothing in it. */
export function workBook(queue: Queue, open: OpenWork, options: OpenOptions): WorkBook {
  const entries = new Map<string, { readonly stamp: string; readonly batch: Promise<OpenedBatch> }>();
  const unsettled = new Set<string>();
  const openNow = async (manifest: string, file: string): Promise<OpenedBatch> => {
    const work = await open(file, options);
    const plan = { queue, manifest, hash: planHash(work.plan), retries: work.retries };
    return { work, plan };
  };
  const remember = async (manifest: string, file: string, stamp: string): Promise<OpenedBatch> => {
    const batch = openNow(manifest, file);
    entries.delete(manifest);
    entries.set(manifest, { stamp, batch });
    const [oldest] = entries.keys();
    if (entries.size > MAX_OPEN && oldest !== undefined) entries.delete(oldest);
    try {
      return await batch;
    } catch (error) {
      // The next try may find the share mounted again.
      if (entries.get(manifest)?.batch === batch) entries.delete(manifest);
      throw error;
    }
  };
  return {
    async open(manifest, hash) {
      const file = await manifestFile(options.roots, manifest);
      const stamp = await stampOf(file);
      unsettled.add(manifest);
      const known = entries.get(manifest);
      if (known?.stamp === stamp) {
        const batch = await known.batch;
        if (hash === undefined || batch.plan.hash === hash) return batch;
      }
      return await remember(manifest, file, stamp);
    },
    unsettled: () => [...unsettled],
    markSettled: (manifest) => {
      unsettled.delete(manifest);
    },
  };
}

async function stampOf(file: string): Promise<string> {
  const { ino, size, mtimeMs } = await stat(file);
  return [ino, size, mtimeMs].join();
}
