import { z } from 'zod';

const count = z.int().nonnegative();

/** The document that `ggufix split --json` prints. */
export const splitDocumentSchema = z.strictObject({
  schema: z.literal('ggufix.split/1'),
  source: z.string(),
  status: z.enum(['planned', 'split']).describe('planned is a dry run.'),
  tensors: count,
  bytes: count.describe('Of all files; in a dry run exactly what they would have.'),
  files: z.array(z.strictObject({ file: z.string(), tensors: count, bytes: count })).describe('In order.'),
  notes: z.array(z.string()),
  seconds: z.number().nonnegative(),
});

/** The `split` document. */
export type SplitDocument = z.input<typeof splitDocumentSchema>;
