import { z } from 'zod';
import { didYouMean } from '../../config/did-you-mean.js';
import { named, oneOrMore, strict } from '../../config/schema-parts.js';
import { MAX_PATTERN_CHARACTERS, MAX_RECIPE_NAME, MAX_RECIPE_RULES, MAX_RECIPE_TEXT } from '../../limits.js';
import { BASE_TYPES, parseBaseType, takesOverrides } from './base-types.js';
import { LAYER_NAMES } from './layer-position.js';
import { planNoteSchema } from './plan-note.js';
import { parseTargetType, TARGET_TYPES } from './target-types.js';
import { TENSOR_CLASSES } from './tensor-class.js';

/** What a rule may demand of the model. */
export const CONDITIONS = ['tied', 'untied', 'experts', 'dense'] as const;

const text = z.string().min(1).max(MAX_RECIPE_TEXT);

const typeSchema = named('tensor type', TARGET_TYPES, parseTargetType).describe(
  'A type of ggml, in any case: q4_K, iq3_xxs, bf16.',
);

const classSchema = z.enum(TENSOR_CLASSES, {
  error: ({ input }) => `no tensor class is called '${input}'${didYouMean(String(input), TENSOR_CLASSES)}`,
});

const fractionSchema = z.number().min(0).max(1);

const layerSchema = z.union(
  [
    z.int(),
    z.enum(LAYER_NAMES),
    strict({ from: fractionSchema, to: fractionSchema }).describe('Fractions of the depth; both ends belong to it.'),
    strict({ start: z.int().nonnegative(), share: fractionSchema }).describe(
      'From this layer on, a share of the depth: rounded down, at least one.',
    ),
  ],
  { error: `expected a layer number, ${LAYER_NAMES.join(', ')}, {from, to} or {start, share}` },
);

const ruleSchema = strict({
  tensors: oneOrMore(classSchema).describe('Kinds of tensors.').optional(),
  pattern: text
    .max(MAX_PATTERN_CHARACTERS)
    .describe('Whole tensor names in place of kinds; * stands for any characters, ? for one.')
    .optional(),
  layers: oneOrMore(layerSchema)
    .describe(
      'Only in these layers. Numbers count from 0, negative ones from the end; kv-shared are layers that use the keys and values of earlier ones, predicting those for multi-token prediction.',
    )
    .optional(),
  when: oneOrMore(z.enum(CONDITIONS))
    .describe(
      'Only in such models: tied means that the token embedding is the output matrix too, experts a mixture of experts.',
    )
    .optional(),
  type: typeSchema,
  why: text.describe('The reason, for people.'),
}).refine(({ tensors, pattern }) => (tensors === undefined) !== (pattern === undefined), {
  error: 'a rule needs either tensors or a pattern',
});

const pinSchema = z
  .union([typeSchema, strict({ type: typeSchema, why: text.optional() })])
  .transform((given) => (typeof given === 'string' ? { type: given } : given));

const fileTypeSchema = named('file type', Object.keys(BASE_TYPES), parseBaseType)
  .refine(takesOverrides, { error: 'llama-quantize ignores all types of tensors for F32, F16 and BF16' })
  .describe('The base: what llama-quantize is told to make, and what decides where no rule does. Q4_K_M, IQ2_XXS …');

const sourceSchema = strict({
  architecture: text,
  layers: z.int().positive(),
  depth: z.int().positive(),
  firstSharedLayer: z.int().nonnegative(),
}).describe('The model that the pins were read off.');

const fileSchema = strict({ file: text, sha256: z.string().regex(/^[0-9a-f]{64}$/) });

const provenanceSchema = strict({
  quantizedBy: text,
  engine: text.describe('The program that quantized, and its version.'),
  source: fileSchema.describe('The model; of a set of shards the first one, with the hash of all one after another.'),
  imatrix: fileSchema.optional(),
}).describe('What was made by the recipe, of what and with what. Written by ggufix quantize, read by nobody.');

/** The recipe file. */
export const recipeSchema = strict({
  $schema: z.string().optional(),
  name: text.max(MAX_RECIPE_NAME),
  description: text.optional(),
  fileType: fileTypeSchema,
  forAnyModel: z.boolean().describe('Rules may match nothing: no warning.').optional(),
  rules: z.array(ruleSchema).max(MAX_RECIPE_RULES).describe('The first that matches a tensor decides.').default([]),
  pins: z.record(text, pinSchema).describe('Types of single tensors by name; they count more than rules.').default({}),
  ties: z
    .array(z.array(classSchema).min(2).max(TENSOR_CLASSES.length))
    .max(TENSOR_CLASSES.length)
    .describe('Kinds whose tensors get one type in each layer: that of a pin, else the one with the most bits.')
    .default([]),
  source: sourceSchema.optional(),
  provenance: provenanceSchema.optional(),
  plan: planNoteSchema.optional(),
});

/** A recipe as written in a file. */
export type RecipeFile = z.input<typeof recipeSchema>;

/** A recipe: names of types as ggufix spells them, lists where one item may stand alone. */
export type Recipe = z.output<typeof recipeSchema>;

/** One rule of a recipe. */
export type RecipeRule = Recipe['rules'][number];

/** The JSON Schema of recipe files, for editors. */
export function recipeFileJsonSchema(): object {
  return { title: 'ggufix recipe', ...z.toJSONSchema(recipeSchema, { io: 'input' }) };
}
