import { createHash } from 'node:crypto';
import { z } from 'zod';
import { isPathBelow } from '../is-path-below.js';

/** Longest path of a manifest and longest id of a job, in UTF-16 units: Linux has paths of at most 4096 bytes. */
const MAX_TEXT = 4096;

/** A path with slashes that leads down from a root, with nothing in it that leads up. */
const manifestPathSchema = z
  .string()
  .min(1)
  .max(MAX_TEXT)
  .refine((text) => isPathBelow(text), 'must be a path below a root');

/**
 * What the queue holds of a job. Whoever can write to Redis can write anything there, so that a worker reads it as it reads a
 * file from the internet: the queue says *which* job, and the manifest in the worker's own folder says what the job is.
 */
export const jobDataSchema = z.strictObject({
  v: z.literal(1),
  /** Path of the manifest, seen from the root. */
  manifest: manifestPathSchema,
  job: z.string().min(1).max(MAX_TEXT),
  /** `fingerprint` of the batch that it was dealt out of. */
  plan: z.string().regex(/^[0-9a-f]{64}$/),
});

/** What the queue holds of a job. */
export type JobData = z.output<typeof jobDataSchema>;

/** Id of the entry of a job. The same job of the same manifest has the same, so that it never stands in a queue twice. */
export function entryId({ manifest, job }: Pick<JobData, 'manifest' | 'job'>): string {
  // BullMQ takes no id with a colon and none that is a number.
  return `j${createHash('sha256')
    .update(JSON.stringify([manifest, job]))
    .digest('hex')
    .slice(0, 40)}`;
}
