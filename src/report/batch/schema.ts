import { z } from 'zod';
import { stepResultSchema } from '../../batch/journal/record.js';
import { OUTPUT_STATUSES } from '../../batch/results/results.js';
import { estimateSchema, nats } from '../evaluation/schema.js';
import { errorSchema } from '../schemas.js';

const countSchema = z.int().nonnegative();

const fileSchema = z.strictObject({
  path: z.string().describe('Seen from the output folder, with slashes.'),
  bytes: countSchema,
  sha256: z.string().optional(),
});

const evaluationSchema = z.strictObject({
  meanKld: estimateSchema.describe('Mean KL divergence from the model, in nats.'),
  medianKld: nats,
  kld999: nats,
  sameTopPercent: estimateSchema.describe('Tokens for which quant and model find the same next token most probable.'),
  perplexity: estimateSchema,
  perplexityRatio: estimateSchema,
  chunks: z.int().positive(),
});

const outputSchema = z.strictObject({
  label: z.string(),
  path: z.string().describe('Seen from the output folder; of a split output without the numbers of its shards.'),
  status: z
    .enum(OUTPUT_STATUSES)
    .describe('skipped: something else is at its place. blocked: what it needs failed. open: not come to yet.'),
  isInPlace: z.boolean(),
  type: z.string().describe('File type, as llama-quantize calls it.').optional(),
  bytes: countSchema.describe('Of all its files, once it is done.').optional(),
  bitsPerWeight: z.number().optional(),
  files: z.array(fileSchema),
  sidecar: z.string().describe('Path of its recipe.').optional(),
  recipe: z.strictObject({ name: z.string(), sha256: z.string() }).optional(),
  engine: z.string().optional(),
  check: stepResultSchema.shape.check,
  evaluation: evaluationSchema.optional(),
  changes: z.array(z.string()).describe('What a repair, a requantization or the manifest changed.'),
  notes: z.array(z.string()),
  seconds: z.number().nonnegative().describe('Of its own steps, when they were done.'),
  error: errorSchema.describe('Why it is not there.').optional(),
  blockedBy: z.string().describe('The job that failed.').optional(),
});

const summarySchema = z.strictObject({
  outputs: countSchema,
  done: countSchema,
  skipped: countSchema,
  failed: countSchema,
  blocked: countSchema,
  open: countSchema,
  unreadableModels: countSchema,
  bytes: countSchema.describe('Of the outputs that are done.'),
});

/** `results.json`, and what `ggufix batch run --json` and `ggufix batch report --json` print. */
export const batchDocumentSchema = z.strictObject({
  schema: z.literal('ggufix.batch/1'),
  summary: summarySchema,
  models: z.array(
    z.strictObject({
      model: z.string().describe('Seen from the manifest.'),
      bytes: countSchema,
      sha256: z.string().describe('Of its files one after the other.').optional(),
      error: errorSchema.describe('Why nothing can be made of it.').optional(),
      imatrix: fileSchema.describe('The imatrix that was made of it.').optional(),
      text: z.string().describe('What outputs were compared with the model over.').optional(),
      outputs: z.array(outputSchema),
    }),
  ),
});

/** `results.json`. */
export type BatchDocument = z.output<typeof batchDocumentSchema>;
