import { z } from 'zod';
import { failedFileSchema } from '../schemas.js';

/** A figure and its error. */
export const estimateSchema = z.strictObject({
  value: z.number(),
  error: z.number().describe('One standard error, in the unit of the value.'),
});

/** A divergence that llama-perplexity may not have printed. */
export const nats = z.number().describe('In nats; absent where llama-perplexity did not print it.').optional();

const sizeFields = {
  bytes: z.int().nonnegative().describe('Of the file; of all shards of a set.'),
  bitsPerWeight: z.number().describe('Of tensor data; absent where there are no weights.').optional(),
};

/** What was measured of a quant. */
const figureFields = {
  ...sizeFields,
  meanKld: estimateSchema.describe('Mean KL divergence from the base, in nats.'),
  medianKld: nats,
  kld999: nats,
  sameTopPercent: estimateSchema.describe('Tokens for which quant and base find the same next token most probable.'),
  rmsDeltaPPercent: estimateSchema.describe("Root mean square of the change of the right token's probability."),
  perplexity: estimateSchema,
  basePerplexity: estimateSchema.describe('Of the base, as read back from its scores of 16 bits.').optional(),
  perplexityRatio: estimateSchema,
};

const comparedFields = {
  contextSize: z.int().positive().describe('Tokens of a chunk.'),
  chunks: z.int().positive(),
  tokens: z.int().positive().describe('Tokens that were scored.'),
};

/** What was measured of one quant, and over how much text. */
export const evaluationSchema = z.strictObject({ ...figureFields, ...comparedFields });

const evaluatedFileSchema = z.strictObject({
  source: z.string(),
  ...figureFields,
  isOnParetoFront: z.boolean().describe('No other file of the document is both smaller and closer to the base.'),
});

/** The document that `ggufix evaluate --json` prints. */
export const evaluateDocumentSchema = z.strictObject({
  schema: z.literal('ggufix.evaluate/1'),
  engine: z.string().describe('What measured.'),
  base: z
    .strictObject({ source: z.string(), ...sizeFields })
    .describe('Absent where only scores were given.')
    .optional(),
  text: z.string().describe('Absent where only scores were given.').optional(),
  compared: z.strictObject(comparedFields).describe('Absent where nothing was measured.').optional(),
  files: z.array(z.union([evaluatedFileSchema, failedFileSchema])),
});

/** What was measured of one quant, as JSON holds it. */
export type EvaluationJson = z.output<typeof evaluationSchema>;

/** The `evaluate` document. */
export type EvaluateDocument = z.output<typeof evaluateDocumentSchema>;
