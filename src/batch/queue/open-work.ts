import { type OpenBatch, openBatch } from '../open-batch.js';
import type { BatchEvent } from '../run/events.js';
import { canHeal } from '../run/heal.js';
import { jobStates } from '../run/job-states.js';
import { runJob } from '../run/run-job.js';
import type { OpenWork, QueueWork } from './queue-work.js';

/** With what batches of a queue are opened and done. */
export interface WorkSettings {
  /** Of ggufix. */
  readonly version: string;
  /** `auto`, `embedded`, or the path of a llama-quantize. */
  readonly engine: string;
  /** Worker threads of each job. */
  readonly threads: number;
  readonly onEvent: (event: BatchEvent) => void;
  /** Makes the results of what is done. May be called again, and by several processes at once. */
  readonly makeResults: (batch: OpenBatch) => Promise<void>;
}

/** Opens batches for a queue: with the same plan, steps and journal as a run on one machine. */
export function batchOpener(settings: WorkSettings): OpenWork {
  return async (manifest, { roots, signal }) => {
    const limits = roots === undefined ? {} : { roots };
    const batch = await openBatch(manifest, { ...settings, ...limits, mayRecover: true, signal });
    return queueWork(batch, settings);
  };
}

function queueWork(batch: OpenBatch, { threads, onEvent, makeResults }: WorkSettings): QueueWork {
  const jobs = new Map(batch.plan.jobs.map((job) => [job.id, job]));
  return {
    plan: batch.plan,
    fingerprint: batch.fingerprint,
    retries: batch.manifest.settings.retries,
    canHeal,
    states: async () => jobStates(batch.plan, await batch.records()),
    async run(jobId, signal) {
      const job = jobs.get(jobId);
      if (job === undefined) throw new Error(`no job ${jobId} in the plan`);
      return await runJob(job, { batch, threads, signal, onEvent });
    },
    finish: () => makeResults(batch),
    [Symbol.asyncDispose]: () => batch[Symbol.asyncDispose](),
  };
}
