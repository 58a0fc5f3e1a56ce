import { z } from 'zod';
import { STEP_NAMES } from '../../batch/plan/job.js';
import { PLAN_STATES } from './plan-state.js';

const countSchema = z.int().nonnegative();

const stateCounts = z.strictObject({
  done: countSchema,
  'to-do': countSchema,
  again: countSchema,
  blocked: countSchema,
  cannot: countSchema,
  skipped: countSchema,
});

const jobSchema = z.strictObject({
  id: z.string(),
  kind: z.enum(['source', 'imatrix', 'scores', 'output']),
  model: z.string().describe('Seen from the manifest.'),
  state: z.enum(PLAN_STATES).describe('again: it failed before and is tried again. cannot: it would fail at once.'),
  why: z.string().describe('Why it cannot be done, is left alone, or failed before.').optional(),
  after: z.array(z.string()).describe('Ids of jobs that must be done first.'),
  steps: z.array(z.enum(STEP_NAMES)),
  scratchBytes: countSchema.describe('Most that it needs on the disk at once.'),
  memoryBytes: countSchema.describe('Most that it needs of memory, as far as headers tell.'),
  output: z
    .strictObject({
      label: z.string(),
      path: z.string().describe('Seen from the output folder; of what is fixed in place absolute.'),
      isInPlace: z.boolean(),
      bytes: countSchema.nullable().describe('null where headers do not tell.'),
      isExact: z.boolean(),
    })
    .optional(),
});

/** The document that `ggufix batch run --dry-run --json` prints. */
export const batchPlanDocumentSchema = z.strictObject({
  schema: z.literal('ggufix.batch-plan/1'),
  summary: z.strictObject({
    models: countSchema,
    outputs: stateCounts,
    shared: stateCounts.describe('Jobs that several outputs need: reading the model, its imatrix, its scores.'),
    bytes: countSchema.describe('Of the outputs that are done or can be.'),
    bytesToDo: countSchema.describe('Of those that are not done.'),
    isExact: z.boolean().describe('Whether the bytes of all of them are.'),
    peakBytes: countSchema
      .describe('Disk needed at the peak, besides what is there; absent where not known.')
      .optional(),
    freeBytes: countSchema.describe('Disk that is free; absent where not known.').optional(),
  }),
  jobs: z.array(jobSchema),
  notes: z.array(z.string()),
});

/** The `batch-plan` document. */
export type BatchPlanDocument = z.output<typeof batchPlanDocumentSchema>;
