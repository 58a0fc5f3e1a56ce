import { availableParallelism } from 'node:os';
import type { OpenBatch } from '../../batch/open-batch.js';
import { batchOpener } from '../../batch/queue/open-work.js';
import type { OpenWork } from '../../batch/queue/queue-work.js';
import type { BatchEvent } from '../../batch/run/events.js';
import { packageVersion } from '../version.js';

/** What the flags of a command say about how batches are opened and done. */
export interface WorkFlags {
  readonly engine: string;
  readonly threads: number | undefined;
  /** Jobs at once. */
  readonly jobs?: number;
  readonly onEvent?: (event: BatchEvent) => void;
}

/** Makes of a command's flags what opens its batches. */
export type WorkOpener = (flags: WorkFlags) => OpenWork;

/** The opener of the real thing. `makeResults` may be called again, and by several processes at once. */
export function workOpener(makeResults: (batch: OpenBatch) => Promise<void>): WorkOpener {
  return ({ engine, threads, jobs = 1, onEvent = () => undefined }) =>
    batchOpener({
      version: packageVersion(),
      engine,
      // Jobs share the processors, as those of a local run do.
      threads: threads ?? Math.max(1, Math.floor(availableParallelism() / jobs)),
      onEvent,
      makeResults,
    });
}
