import { stat } from 'node:fs/promises';
import type { Queue } from 'bullmq';
import type { PlanInQueue } from './entries.js';
import type { OpenOptions, OpenWork, QueueWork } from './queue-work.js';
import { manifestFile } from './roots.js';

/** A batch that a worker has opened. */
export interface OpenedBatch {
  readonly work: QueueWork;
  readonly plan: PlanInQueue;
}

/** The batches that a worker has opened. */
export interface WorkBook extends AsyncDisposable {
  /**
   * Does something with the batch of a manifest, which stays open for the next. Where its manifest changed since, or its
   * fingerprint is not the one that is wanted, it is opened anew. Rejects as opening does.
   */
  use<T>(manifest: string, work: (batch: OpenedBatch) => Promise<T>, fingerprint?: string): Promise<T>;
  /** Batches of which something may still be to do. */
  unsettled(): readonly string[];
  markSettled(manifest: string): void;
}

/** Most batches that are kept open. A plan of some hundred jobs has some hundred KB. */
const MAX_OPEN = 16;

interface Page {
  /** Of the manifest's file. */
  readonly stamp: string;
  readonly batch: Promise<OpenedBatch>;
  users: number;
  isTornOut: boolean;
}

/** A book with nothing in it. */
export function workBook(
  queue: Queue,
  open: OpenWork,
  options: OpenOptions & { readonly roots: readonly string[] },
): WorkBook {
  const pages = new Map<string, Page>();
  const unsettled = new Set<string>();

  const tearOut = async (manifest: string): Promise<void> => {
    const page = pages.get(manifest);
    if (page === undefined) return;
    pages.delete(manifest);
    page.isTornOut = true;
    if (page.users === 0) await close(page);
  };
  const write = async (manifest: string, file: string, stamp: string): Promise<Page> => {
    await tearOut(manifest);
    const [oldest] = pages.keys();
    if (pages.size >= MAX_OPEN && oldest !== undefined) await tearOut(oldest);
    const page = { stamp, batch: openNow(manifest, file), users: 0, isTornOut: false };
    pages.set(manifest, page);
    return page;
  };
  const openNow = async (manifest: string, file: string): Promise<OpenedBatch> => {
    const work = await open(file, options);
    const { fingerprint, retries } = work;
    return { work, plan: { queue, manifest, fingerprint, retries } };
  };
  const find = async (manifest: string, fingerprint: string | undefined): Promise<Page> => {
    const file = await manifestFile(options.roots, manifest);
    const stamp = await stampOf(file);
    const known = pages.get(manifest);
    const batch = known?.stamp === stamp ? await known.batch.catch(() => undefined) : undefined;
    const isFit = fingerprint === undefined || batch?.plan.fingerprint === fingerprint;
    return known !== undefined && batch !== undefined && isFit ? known : await write(manifest, file, stamp);
  };

  return {
    async use(manifest, work, fingerprint) {
      const page = await find(manifest, fingerprint);
      page.users += 1;
      try {
        const batch = await page.batch;
        unsettled.add(manifest);
        return await work(batch);
      } finally {
        page.users -= 1;
        if (page.isTornOut && page.users === 0) await close(page);
      }
    },
    unsettled: () => [...unsettled],
    markSettled: (manifest) => {
      unsettled.delete(manifest);
    },
    async [Symbol.asyncDispose]() {
      for (const manifest of [...pages.keys()]) await tearOut(manifest);
    },
  };
}

async function close({ batch }: Page): Promise<void> {
  const opened = await batch.catch(() => undefined);
  await opened?.work[Symbol.asyncDispose]();
}

async function stampOf(file: string): Promise<string> {
  const { ino, size, mtimeMs } = await stat(file);
  return [ino, size, mtimeMs].join();
}
