import { z } from 'zod';
import { planNoteSchema } from '../quantizer/recipes/plan-note.js';
import { evaluationSchema } from './evaluation/schema.js';
import type { FindingJson } from './finding-json.js';
import { findingSchema } from './finding-schema.js';
import { errorSchema } from './schemas.js';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().nonnegative();

/** What `ggufix quantize --json` prints of a quant that was made, or would be. */
export const quantizedDocumentSchema = z.strictObject({
  schema: z.literal('ggufix.quantize/1'),
  source: z.string(),
  output: z.string().describe('As it was given; of several shards the name that theirs are made from.'),
  outputs: z.array(z.string()).describe('The files that were written, in order; none in a dry run.'),
  status: z.enum(['planned', 'made']).describe('planned is a dry run.'),
  recipe: z.strictObject({
    name: z.string(),
    fileType: z.string().describe('The base file type, as in general.file_type.'),
    sha256: sha256.describe('Of the file type and a line TENSOR=TYPE for each tensor that llama-quantize quantizes.'),
  }),
  engine: z.strictObject({
    kind: z.enum(['llama-quantize', 'embedded']),
    program: z.string().describe('Its path, or what stands for the embedded one.'),
    version: z.string().describe('As it calls itself; absent in a dry run.').optional(),
  }),
  bytes: count.describe('Of all files; in a dry run exactly what they would have.'),
  bitsPerWeight: z.number().nonnegative().describe('Over all tensors.'),
  types: z
    .array(z.strictObject({ type: z.string(), tensors: count, weights: count, bytes: count }))
    .describe('The tensors that llama-quantize quantizes, by type; most bits first.'),
  tensors: z.array(z.strictObject({ name: z.string(), type: z.string(), why: z.string() })),
  sidecar: z.string().describe('The recipe that was written beside the result.').optional(),
  sourceSha256: sha256.describe('Of the model; of shards one after another. Absent in a dry run.').optional(),
  findings: z.array(findingSchema).describe('Errors and warnings of ggufix check on the result.'),
  notes: z.array(z.string()),
  plan: planNoteSchema.optional(),
  evaluation: evaluationSchema.describe('With --evaluate: how far the result is from the model.').optional(),
  seconds: z.number().nonnegative(),
});

const failedDocumentSchema = z.strictObject({
  schema: z.literal('ggufix.quantize/1'),
  source: z.string(),
  status: z.literal('failed').describe('Nothing was written, or would be.'),
  error: errorSchema,
});

/** The document that `ggufix quantize --json` prints. */
export const quantizeDocumentSchema = z.union([quantizedDocumentSchema, failedDocumentSchema]);

/** The `quantize` document of a quant. */
export type QuantizedDocument = Omit<z.input<typeof quantizedDocumentSchema>, 'findings'> & {
  readonly findings: readonly FindingJson[];
};

/** The `quantize` document. */
export type QuantizeDocument = QuantizedDocument | z.input<typeof failedDocumentSchema>;
