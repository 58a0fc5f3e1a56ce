import { z } from 'zod';
import { imatrixSchema } from './schemas.js';

const countSchema = z.int().nonnegative();

const common = {
  severity: z
    .enum(['aborts', 'worse', 'note'])
    .describe('aborts ends the run of llama-quantize, worse costs quality, note is as it must be.'),
  message: z.string(),
};

const problemSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    ...common,
    kind: z.literal('non-finite'),
    tensor: z.string(),
    matrix: countSchema,
    column: countSchema,
    value: z.string().describe('NaN, Infinity or -Infinity.'),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('size'),
    tensor: z.string(),
    found: countSchema,
    expected: countSchema,
  }),
  z.strictObject({
    ...common,
    kind: z.literal('no-data'),
    tensors: z.array(z.string()),
    type: z.string().describe('What the recipe makes of them; absent without a recipe.').optional(),
    why: z.enum(['shared-kv', 'prediction', 'output', 'unknown']).describe('Why llama-imatrix has not seen them.'),
    isNeeded: z.boolean().describe('Whether llama-quantize makes no such type without.'),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('uncounted'),
    tensor: z.string(),
    count: countSchema.describe('Matrices (experts) that no token reached.'),
    of: countSchema,
    first: z.array(countSchema).describe('The first of them, from 0.'),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('unmatched'),
    entries: z.array(z.string()).describe('Tensors that the model does not have.'),
    of: countSchema,
  }),
]);

const checkedSchema = z.strictObject({
  imatrix: z.string(),
  model: z.string(),
  recipe: z.string().nullable(),
  entries: countSchema.describe('Tensors that it has something of.'),
  verdict: z.enum(['pass', 'fail']).describe('fail where a run would end.'),
  problems: z.array(problemSchema),
});

const madeSchema = z.strictObject({
  output: z.string(),
  model: z.string(),
  text: z.string(),
  program: z.string().describe('The llama-imatrix that made it.'),
  version: z.string().nullable(),
  perplexity: z.number().nullable().describe('Of the text.'),
  seconds: z.number().nonnegative(),
  imatrix: imatrixSchema,
});

/** The document of `ggufix imatrix`: what `make` made, or what `check` found. */
export const imatrixDocumentSchema = z.union([
  z.strictObject({ schema: z.literal('ggufix.imatrix/1'), made: madeSchema }),
  z.strictObject({ schema: z.literal('ggufix.imatrix/1'), checked: checkedSchema }),
]);

/** An imatrix that was held against a model, as JSON. */
export type ImatrixCheckJson = z.output<typeof checkedSchema>;

/** An imatrix that was made, as JSON. */
export type MadeImatrixJson = z.output<typeof madeSchema>;

/** The document of `ggufix imatrix`. */
export type ImatrixDocument = z.output<typeof imatrixDocumentSchema>;
