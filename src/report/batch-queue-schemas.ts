import { z } from 'zod';

const countSchema = z.int().nonnegative();

/** The document of `ggufix batch submit`. */
export const batchSubmitDocumentSchema = z.strictObject({
  schema: z.literal('ggufix.batch-submit/1'),
  manifest: z.string(),
  jobs: countSchema.describe('Of the whole plan.'),
  added: z.array(z.string()).describe('Ids of the jobs that were added.'),
  queued: z.array(z.string()).describe('Of those that were in the queue already.'),
  later: countSchema.describe('Jobs that need others first: workers add them.'),
  done: countSchema,
  impossible: countSchema.describe('Jobs that cannot be done, and those that need them.'),
  notes: z.array(z.string()),
});

/** The document of `ggufix batch worker`. */
export const batchWorkerDocumentSchema = z.strictObject({
  schema: z.literal('ggufix.batch-worker/1'),
  done: countSchema,
  failed: countSchema.describe('For good; each try that was followed by another does not count.'),
});

/** The document of `ggufix batch submit`. */
export type BatchSubmitDocument = z.output<typeof batchSubmitDocumentSchema>;

/** The document of `ggufix batch worker`. */
export type BatchWorkerDocument = z.output<typeof batchWorkerDocumentSchema>;
