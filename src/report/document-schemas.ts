import { z } from 'zod';
import { STRATEGIES } from '../edit/plan.js';
import { batchPlanDocumentSchema } from './batch/plan-schema.js';
import { batchDocumentSchema } from './batch/schema.js';
import { batchSubmitDocumentSchema, batchWorkerDocumentSchema } from './batch-queue-schemas.js';
import { batchStatusDocumentSchema } from './batch-status.js';
import { evaluateDocumentSchema } from './evaluation/schema.js';
import { findingSchema, severitySchema } from './finding-schema.js';
import { imatrixDocumentSchema } from './imatrix-documents.js';
import { quantizeDocumentSchema } from './quantize-schema.js';
import { recipeDocumentSchema } from './recipe-json.js';
import { errorSchema, failedFileSchema, inspectDocumentSchema, metadataSchema } from './schemas.js';
import { splitDocumentSchema } from './split-schema.js';

const countSchema = z.int().nonnegative();

/** The document that `ggufix check --json` prints. */
export const checkDocumentSchema = z.strictObject({
  schema: z.literal('ggufix.check/1'),
  summary: z.strictObject({ files: countSchema, errors: countSchema, warnings: countSchema, infos: countSchema }),
  files: z.array(
    z.strictObject({
      source: z.string(),
      verdict: z.enum(['pass', 'fail']).describe('fail if there is an error, or the file could not be read.'),
      findings: z.array(findingSchema),
      accepted: z.int().positive().describe('Findings that the baseline knows, which are not listed.').optional(),
      error: errorSchema.optional(),
    }),
  ),
});

const conversionSchema = z.strictObject({
  tensor: z.string(),
  from: z.string(),
  to: z.string(),
  relativeRmse: z.number().describe('Root mean square of the error, divided by that of the weights.'),
  isSampled: z.boolean().describe('Whether only some of the rows were measured.'),
});

const changedFileSchema = z.strictObject({
  source: z.string(),
  status: z
    .enum(['clean', 'fixed', 'planned', 'partly', 'failed'])
    .describe('planned is a dry run; partly left errors after fixing some, failed after fixing none.'),
  strategy: z.enum(STRATEGIES).describe('Absent where nothing was to be written.').optional(),
  bytesWritten: countSchema,
  bytesPlanned: countSchema.describe('In a dry run: what would be written.').optional(),
  seconds: z.number().nonnegative(),
  output: z.string().describe('The new file of --output.').optional(),
  applied: z.array(z.strictObject({ rule: z.string().optional(), title: z.string() })),
  conversions: z.array(conversionSchema),
  remaining: z.array(findingSchema),
  notes: z.array(z.string()),
});

const unchangedFileSchema = z.strictObject({
  source: z.string(),
  status: z.literal('failed'),
  error: errorSchema,
});

/** A document of a command that writes files. */
function changeDocument<S extends string>(schema: S) {
  return z.strictObject({
    schema: z.literal(schema),
    files: z.array(z.union([changedFileSchema, unchangedFileSchema])),
  });
}

/** The document that `ggufix fix --json` prints. */
export const fixDocumentSchema = changeDocument('ggufix.fix/1');

/** The document that `ggufix requantize --json` prints. */
export const requantizeDocumentSchema = changeDocument('ggufix.requantize/1');

/** The document of `ggufix meta`: `get` lists values, `set`, `unset` and `rename` say what became of the file. */
export const metaDocumentSchema = z.strictObject({
  schema: z.literal('ggufix.meta/1'),
  files: z.array(
    z.union([
      z.strictObject({ source: z.string(), metadata: z.record(z.string(), metadataSchema) }),
      changedFileSchema,
      unchangedFileSchema,
      failedFileSchema,
    ]),
  ),
});

/** The document that `ggufix undo --json` prints. */
export const undoDocumentSchema = z.strictObject({
  schema: z.literal('ggufix.undo/1'),
  files: z.array(
    z.union([
      z.strictObject({ source: z.string(), status: z.literal('restored'), bytesRestored: countSchema }),
      failedFileSchema,
    ]),
  ),
});

/** The document that `ggufix recover --json` prints. */
export const recoverDocumentSchema = z.strictObject({
  schema: z.literal('ggufix.recover/1'),
  files: z.array(
    z.union([
      z.strictObject({
        source: z.string(),
        status: z.enum(['nothing-to-do', 'completed', 'rolled-back', 'cleaned-up']),
      }),
      failedFileSchema,
    ]),
  ),
});

/** The document that `ggufix explain --json` prints. */
export const explainDocumentSchema = z.strictObject({
  schema: z.literal('ggufix.explain/1'),
  rules: z.array(
    z.strictObject({
      id: z.string(),
      severity: severitySchema,
      affects: z.array(z.string()),
      summary: z.string().describe('What must hold.'),
      why: z.string(),
      example: z.string(),
      remedy: z.string(),
      fix: z.string().describe('Begins with Safe, Unsafe or None.'),
      sources: z.array(z.string()),
    }),
  ),
});

/** The document that `ggufix batch init --json` prints. Paths of models are seen from the manifest. */
export const batchInitDocumentSchema = z.strictObject({
  schema: z.literal('ggufix.batch-init/1'),
  manifest: z.string(),
  models: z.array(z.strictObject({ source: z.string(), imatrix: z.string().optional() })),
});

/** The schema of every document, by the command that prints it. */
export const DOCUMENT_SCHEMAS = {
  batch: batchDocumentSchema,
  'batch-plan': batchPlanDocumentSchema,
  'batch-init': batchInitDocumentSchema,
  'batch-status': batchStatusDocumentSchema,
  'batch-submit': batchSubmitDocumentSchema,
  'batch-worker': batchWorkerDocumentSchema,
  check: checkDocumentSchema,
  evaluate: evaluateDocumentSchema,
  explain: explainDocumentSchema,
  fix: fixDocumentSchema,
  imatrix: imatrixDocumentSchema,
  inspect: inspectDocumentSchema,
  meta: metaDocumentSchema,
  quantize: quantizeDocumentSchema,
  recipe: recipeDocumentSchema,
  recover: recoverDocumentSchema,
  requantize: requantizeDocumentSchema,
  split: splitDocumentSchema,
  undo: undoDocumentSchema,
} as const;

/** A command whose document has a schema. */
export type DocumentName = keyof typeof DOCUMENT_SCHEMAS;

/** The JSON Schema of a command's document, which ships as `schemas/<command>.schema.json`. */
export function documentJsonSchema(name: DocumentName): object {
  return {
    title: `ggufix ${name.replace('-', ' ')} --json`,
    ...z.toJSONSchema(DOCUMENT_SCHEMAS[name], { io: 'input' }),
  };
}
