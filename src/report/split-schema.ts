import { z } from 'zod';
import { errorSchema } from './schemas.js';

const count = z.int().nonnegative();

const schema = z.literal('ggufix.split/1');

const splitModelSchema = z.strictObject({
  schema,
  source: z.string(),
  status: z.enum(['planned', 'split']).describe('planned is a dry run.'),
  tensors: count,
  bytes: count.describe('Of all files; in a dry run exactly what they would have.'),
  files: z.array(z.strictObject({ file: z.string(), tensors: count, bytes: count })).describe('In order.'),
  notes: z.array(z.string()),
  seconds: z.number().nonnegative(),
});

const failedSplitSchema = z.strictObject({
  schema,
  source: z.string(),
  status: z.literal('failed'),
  error: errorSchema,
});

/** The document that `ggufix split --json` prints. */
export const splitDocumentSchema = z.union([splitModelSchema, failedSplitSchema]);

/** The `split` document. */
export type SplitDocument = z.input<typeof splitDocumentSchema>;
