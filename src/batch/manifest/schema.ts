import { z } from 'zod';
import { PROFILE_NAMES, type ProfileName } from '../../checks/profiles.js';
import { oneOf, oneOrMore, strict, targetSchema } from '../../config/schema-parts.js';
import { MAX_MANIFEST_MODELS, MAX_MANIFEST_OUTPUTS, MAX_MANIFEST_RETRIES } from '../../limits.js';
import {
  bytesSchema,
  existingSchema,
  labelSchema,
  noSchema,
  pathSchema,
  templateSchema,
  valuesSchema,
} from './fields.js';
import type { Manifest, ManifestCheck, ManifestEvaluate, ManifestImatrix, ManifestModel } from './manifest.js';
import { manifestProblems } from './manifest-problems.js';
import { outputSchema } from './output-schema.js';

const countSchema = z.int().positive().max(1_000_000);

/** Threads and jobs: more is a slip of the finger. */
const parallelSchema = z.int().positive().max(1024);

const textObject = strict({
  text: pathSchema.describe('Text file, seen from the manifest.'),
  chunks: countSchema.describe('Only so many chunks of the text.').exactOptional(),
});

const imatrixSchema = z
  .union(
    [
      pathSchema,
      strict({
        file: pathSchema.describe('An imatrix that is there.').exactOptional(),
        text: pathSchema.describe('Text that one is made with.').exactOptional(),
        chunks: countSchema.describe('Only so many chunks of the text.').exactOptional(),
      }),
    ],
    { error: 'expected an imatrix file, {file} or {text, chunks}' },
  )
  .transform((given, context): ManifestImatrix => {
    if (typeof given === 'string') return { file: given };
    const { file, text, ...chunks } = given;
    if (file === undefined && text !== undefined) return { text, ...chunks };
    if (file !== undefined && text === undefined && chunks.chunks === undefined) return { file };
    context.addIssue({ code: 'custom', message: 'an imatrix is either {file} or {text, chunks}' });
    return z.NEVER;
  })
  .describe('Importance values for quantizing: a file, or {text: FILE} to make them with.')
  .meta({ id: 'imatrix' });

const evaluateSchema = z
  .union([pathSchema, textObject], { error: 'expected a text file or {text, chunks}' })
  .transform((given): ManifestEvaluate => (typeof given === 'string' ? { text: given } : given))
  .describe('Text that outputs are measured on against their model: KL divergence and perplexity.')
  .meta({ id: 'evaluate' });

const profileSchema = oneOf('profile', PROFILE_NAMES)
  .transform((name) => name as ProfileName)
  .meta({ enum: PROFILE_NAMES });

const checkSchema = z
  .union(
    [
      noSchema,
      profileSchema,
      strict({
        profile: profileSchema.default('upload'),
        targets: z.array(targetSchema).max(64).describe('Runtimes that must run the files.').default([]),
        maxWarnings: z.int().nonnegative().describe('More warnings are a failure.').exactOptional(),
        config: z
          .union([noSchema, pathSchema])
          .describe('Config file in place of the one found, or false.')
          .exactOptional(),
      }),
    ],
    { error: `expected false, a profile (${PROFILE_NAMES.join(', ')}) or an object` },
  )
  .transform((given): ManifestCheck | false => (typeof given === 'string' ? { profile: given, targets: [] } : given))
  .describe('How outputs are checked; false leaves it.');

const outputsSchema = oneOrMore(outputSchema, MAX_MANIFEST_OUTPUTS);

const modelSchema = z
  .union(
    [
      pathSchema,
      strict({
        source: pathSchema.describe('File, folder or glob, seen from the manifest.'),
        name: labelSchema.describe('{model} in names.').exactOptional(),
        outputs: outputsSchema.describe("Outputs in place of the manifest's.").exactOptional(),
        imatrix: z
          .union([noSchema, imatrixSchema], { error: 'expected false, an imatrix file, {file} or {text, chunks}' })
          .exactOptional(),
        evaluate: z
          .union([noSchema, evaluateSchema], { error: 'expected false, a text file or {text, chunks}' })
          .exactOptional(),
        set: valuesSchema.exactOptional(),
      }),
    ],
    { error: 'expected a file, folder or glob, or {source: …}' },
  )
  .transform((given): ManifestModel => (typeof given === 'string' ? { source: given } : given))
  .meta({ id: 'model' });

/** The batch manifest, `ggufix.batch.yaml`. */
export const manifestSchema = strict({
  $schema: z.string().exactOptional(),
  models: oneOrMore(modelSchema, MAX_MANIFEST_MODELS).describe('Models: files, folders or globs.'),
  outputs: outputsSchema.describe('What is made of each model: file types, presets, fix, or objects.').default([]),
  output: pathSchema.describe('Folder of the outputs, seen from the manifest.').exactOptional(),
  name: templateSchema.describe('Template of their names.').default('{model}-{label}.gguf'),
  imatrix: imatrixSchema.exactOptional(),
  evaluate: evaluateSchema.exactOptional(),
  check: checkSchema.default({ profile: 'upload', targets: [] }),
  set: valuesSchema.default({}),
  existing: existingSchema.default('refuse'),
  split: bytesSchema.describe('Largest size of one file: 45 GiB.').exactOptional(),
  limits: strict({
    jobs: parallelSchema.describe('Jobs at a time.').exactOptional(),
    threads: parallelSchema.describe('Threads of all jobs together.').exactOptional(),
    memory: bytesSchema.describe('Memory of all jobs together: 32 GiB.').exactOptional(),
    disk: bytesSchema.describe('Disk space that the batch may fill: 500 GB.').exactOptional(),
  }).default({}),
  onFailure: z.enum(['continue', 'stop']).describe('Whether other jobs go on after a failure.').default('continue'),
  retries: z.int().nonnegative().max(MAX_MANIFEST_RETRIES).describe('Further tries of what may heal.').default(2),
})
  .transform(({ $schema: _editor, split, output, ...rest }): Manifest => {
    return { ...rest, output, ...(split === undefined ? {} : { splitSize: split }) };
  })
  .superRefine((manifest, context) => {
    for (const { message, path } of manifestProblems(manifest)) context.addIssue({ code: 'custom', message, path });
  });

/** A manifest as it is written. */
export type ManifestFile = z.input<typeof manifestSchema>;

/** The JSON Schema of manifests, for editors. */
export function manifestJsonSchema(): object {
  return { title: 'ggufix.batch.yaml', ...z.toJSONSchema(manifestSchema, { io: 'input' }) };
}
