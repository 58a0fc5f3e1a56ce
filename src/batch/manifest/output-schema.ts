import { z } from 'zod';
import { didYouMean } from '../../config/did-you-mean.js';
import { named, sizeSchema, strict } from '../../config/schema-parts.js';
import { MAX_MANIFEST_TENSORS, MAX_PATTERN_CHARACTERS } from '../../limits.js';
import { BASE_TYPES, parseBaseType } from '../../quantizer/recipes/base-types.js';
import { parseTargetType, TARGET_TYPES } from '../../quantizer/recipes/target-types.js';
import { existingSchema, labelSchema, pathSchema, templateSchema, valuesSchema } from './fields.js';
import type { ManifestOutput } from './manifest.js';
import { OUTPUT_KINDS, outputProblem } from './output-problem.js';
import { namedRecipe, RECIPE_NAMES } from './recipe-names.js';
import { toOutput } from './to-output.js';

const TYPE_NAMES = Object.keys(BASE_TYPES);

const patternSchema = z
  .string()
  .min(1)
  .max(MAX_PATTERN_CHARACTERS)
  // Each star tries all places that are left: a long name takes milliseconds with four of them, and hours with twenty.
  .regex(/^[^*]*(\*[^*]*){0,4}$/, 'a pattern has at most four *');

const tensorsSchema = z
  .record(patternSchema, named('tensor type', TARGET_TYPES, parseTargetType))
  .refine((tensors) => Object.keys(tensors).length <= MAX_MANIFEST_TENSORS, {
    error: `more than ${MAX_MANIFEST_TENSORS} patterns of tensors`,
  });

const wordSchema = z.string().transform((word, context) => {
  if (word === 'fix') return { fix: 'safe' as const };
  const type = parseBaseType(word);
  if (type !== undefined) return { type };
  const preset = namedRecipe(word);
  if (preset !== undefined) return { recipe: preset };
  const hint =
    didYouMean(word, ['fix', ...RECIPE_NAMES]) ||
    '; it is a file type, a preset, fix, or an object such as {recipe: FILE}';
  context.addIssue({ code: 'custom', message: `no output is called '${word}'${hint}` });
  return z.NEVER;
});

const recipeSchema = pathSchema.transform((name, context) => {
  const known = namedRecipe(name);
  if (known !== undefined || /[\\/.]/.test(name)) return known ?? name;
  const hint = didYouMean(name, RECIPE_NAMES) || '; ggufix recipe list names them, and a file needs its ending';
  context.addIssue({ code: 'custom', message: `there is no recipe '${name}'${hint}` });
  return z.NEVER;
});

const objectSchema = strict({
  type: named('file type', TYPE_NAMES, parseBaseType).describe('File type of llama-quantize: Q4_K_M.').exactOptional(),
  recipe: recipeSchema.describe('Preset, or recipe file seen from the manifest.').exactOptional(),
  like: pathSchema.describe('A quantized file whose types are taken over.').exactOptional(),
  size: sizeSchema.describe('Largest size of the file, for which types are planned: 4.2 GiB.').exactOptional(),
  bpw: z.number().positive().max(32).describe('Bits per weight that types are planned for.').exactOptional(),
  requantize: tensorsSchema
    .refine((tensors) => Object.keys(tensors).length > 0, { error: 'say which tensors: {PATTERN: TYPE}' })
    .describe('Tensors that become other types, all others staying as they are.')
    .exactOptional(),
  fix: z.enum(['safe', 'unsafe']).describe('Repairs findings of check: safe ones, or unsafe ones too.').exactOptional(),
  label: labelSchema.describe('{label} in names.').exactOptional(),
  name: templateSchema.describe("Name template in place of the manifest's.").exactOptional(),
  tensors: tensorsSchema.describe('Types of tensors by name or pattern, whatever decides otherwise.').exactOptional(),
  imatrix: z.boolean().describe('false makes this output without the imatrix.').exactOptional(),
  evaluate: z.boolean().describe('false leaves this output unmeasured.').exactOptional(),
  allowRequantize: z.boolean().describe('Take a model that is quantized already.').exactOptional(),
  asIs: z.boolean().describe('type only: just what llama-quantize makes, whoever can read it.').exactOptional(),
  inPlace: z.boolean().describe('fix only: change the model itself.').exactOptional(),
  split: sizeSchema.describe('Largest size of one file: 45 GiB.').exactOptional(),
  set: valuesSchema.exactOptional(),
  existing: existingSchema.exactOptional(),
})
  .superRefine((output, context) => {
    const message = outputProblem(output);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  })
  .meta({ oneOf: OUTPUT_KINDS.map((kind) => ({ required: [kind] })) });

/** One output: a word, or an object with exactly one of `OUTPUT_KINDS`. */
export const outputSchema = z
  .union([wordSchema, objectSchema], { error: 'expected a file type, a preset, fix, or an object' })
  .transform((output): ManifestOutput => toOutput(output))
  .meta({ id: 'output' });
