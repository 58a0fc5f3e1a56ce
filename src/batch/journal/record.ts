import { z } from 'zod';
import { isPathBelow } from '../is-path-below.js';
import { STEP_NAMES } from '../plan/job.js';

const fileSchema = z.strictObject({
  /** Relative to the output folder, with slashes; absolute for a file that was fixed in place. */
  path: z.string(),
  bytes: z.int().nonnegative(),
  sha256: z.string().optional(),
});

const estimateSchema = z.strictObject({ value: z.number(), error: z.number() });

/** What a step leaves for the steps after it and for the results. */
export const stepResultSchema = z.strictObject({
  /** Files that the step left, as they were then: a record whose files are no longer so counts for nothing. */
  files: z.array(fileSchema).optional(),
  /** SHA-256 of the source. */
  sourceHash: z.string().optional(),
  bytes: z.int().nonnegative().optional(),
  bpw: z.number().optional(),
  /** File type, as llama-quantize calls it. */
  type: z.string().optional(),
  recipe: z.strictObject({ name: z.string(), sha256: z.string() }).optional(),
  engine: z.string().optional(),
  /** One line for each change of the metadata or of a tensor. */
  changes: z.array(z.string()).optional(),
  notes: z.array(z.string()).optional(),
  check: z
    .strictObject({
      verdict: z.enum(['pass', 'fail']),
      errors: z.int().nonnegative(),
      warnings: z.int().nonnegative(),
      /** The first of them. */
      findings: z.array(z.strictObject({ rule: z.string(), severity: z.string(), message: z.string() })),
    })
    .optional(),
  evaluation: z
    .strictObject({
      meanKld: estimateSchema,
      medianKld: z.number().optional(),
      kld999: z.number().optional(),
      sameTop: estimateSchema,
      perplexity: estimateSchema,
      perplexityRatio: estimateSchema,
      chunks: z.int().positive(),
    })
    .optional(),
});

/** What a step left. */
export type StepResult = z.output<typeof stepResultSchema>;

/** A file as a step left it. */
export type StepFile = z.output<typeof fileSchema>;

/** When a step ended, in milliseconds since 1970, by the clock of who did it. */
const endedSchema = z.number().nonnegative().optional();

/** A line of a journal: a step that ended. */
export const stepRecordSchema = z.discriminatedUnion('status', [
  z
    .strictObject({
      status: z.literal('done'),
      key: z.string(),
      job: z.string(),
      step: z.enum(STEP_NAMES),
      seconds: z.number().nonnegative(),
      ended: endedSchema,
      result: stepResultSchema,
    })
    // What steps left is moved and removed; only the hash of a model that was fixed in place names a file elsewhere.
    .refine(({ step, result }) => step === 'hash' || (result.files ?? []).every((file) => isPathBelow(file.path))),
  z.strictObject({
    status: z.literal('failed'),
    key: z.string(),
    job: z.string(),
    step: z.enum(STEP_NAMES),
    seconds: z.number().nonnegative(),
    ended: endedSchema,
    error: z.strictObject({ code: z.string(), message: z.string() }),
  }),
]);

/** A step that ended. */
export type StepRecord = z.output<typeof stepRecordSchema>;
