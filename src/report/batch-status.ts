import { z } from 'zod';
import { printable } from '../gguf/printable.js';
import { formatAmount, formatSeconds } from './format.js';
import { errorSchema } from './schemas.js';

const jobSchema = z.strictObject({
  id: z.string(),
  status: z
    .enum(['done', 'skipped', 'failed', 'blocked', 'ready', 'waiting', 'queued', 'active', 'delayed'])
    .describe(
      'What the journals say. Where the queue knows more of a job that is ready or failed: queued, active, delayed (tried again later).',
    ),
  seconds: z.number().nonnegative().describe('Of the steps that are done.').optional(),
  worker: z.string().describe('Host and process id of the worker that has it.').optional(),
  since: z.string().describe('When that worker took it, in ISO 8601.').optional(),
  error: errorSchema.optional(),
});

/** The document of `ggufix batch status`. */
export const batchStatusDocumentSchema = z.strictObject({
  schema: z.literal('ggufix.batch-status/1'),
  manifest: z.string(),
  isSettled: z.boolean().describe('Whether nothing is left to be done.'),
  jobs: z.array(jobSchema),
});

/** The document of `ggufix batch status`. */
export type BatchStatusDocument = z.output<typeof batchStatusDocumentSchema>;

/** A job in it. */
export type JobStatus = z.output<typeof jobSchema>;

/** One line of a job: `active    tiny: Q4_K_M  on node7:4711 since 2026-01-01T00:00:00Z`. */
export function jobStatusLine({ id, status, seconds, worker, since, error }: JobStatus): string {
  const facts = [
    ...(worker === undefined ? [] : [`on ${worker}`]),
    ...(since === undefined ? [] : [`since ${since}`]),
    ...(status === 'done' && seconds !== undefined ? [`in ${formatSeconds(seconds)}`] : []),
    ...(error === undefined ? [] : [error.message]),
  ];
  return printable(`${status.padEnd(STATUS_WIDTH)}${id}${facts.length === 0 ? '' : `  ${facts.join(' ')}`}`);
}

/** How many jobs are in which state: `24 jobs: 12 done, 2 active, 10 waiting`. */
export function batchStatusSummary({ jobs }: Pick<BatchStatusDocument, 'jobs'>): string {
  const counts = new Map<string, number>();
  for (const { status } of jobs) counts.set(status, (counts.get(status) ?? 0) + 1);
  const parts = jobSchema.shape.status.options.flatMap((status) => {
    const count = counts.get(status);
    return count === undefined ? [] : [`${count} ${status}`];
  });
  return `${formatAmount(jobs.length, 'job')}${parts.length === 0 ? '' : `: ${parts.join(', ')}`}`;
}

const STATUS_WIDTH = 9;
