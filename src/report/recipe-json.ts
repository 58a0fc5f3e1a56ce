import { z } from 'zod';
import type { Clone } from '../quantizer/recipes/clone.js';
import { recipeFile } from '../quantizer/recipes/recipe-text.js';
import { type Recipe, recipeSchema } from '../quantizer/recipes/schema.js';
import type { ListedRecipe, ResolvedReport } from './recipe.js';

const schema = z.literal('ggufix.recipe/1');

const sizeShape = {
  fileBytes: z.int().nonnegative().describe('Of the whole file, to the byte.'),
  tensorBytes: z.int().nonnegative().describe('Of the data section.'),
  bitsPerWeight: z.number().nonnegative(),
} as const;

const resolutionSchema = z.strictObject({
  name: z.string(),
  fileType: z.string(),
  needsImatrix: z.boolean().describe('Whether llama-quantize stops without one.'),
  ...sizeShape,
  tensors: z.array(z.strictObject({ name: z.string(), type: z.string(), why: z.string() })),
  warnings: z.array(z.string()),
  unmapped: z.array(z.string()).describe('Tensors that a clone of another model says nothing of.'),
  unused: z.array(z.string()).describe('Pins of a clone that have no like in the model.'),
});

/** The documents of `ggufix recipe`, by subcommand: `list`, `show`, `resolve` and `clone`. */
export const recipeDocumentSchema = z.union([
  z.strictObject({
    schema,
    source: z.string().describe('The model that sizes are for.').optional(),
    recipes: z.array(
      z.strictObject({
        name: z.string(),
        fileType: z.string(),
        needsImatrix: z.boolean().describe('For this model, or without one for some.'),
        description: z.string().optional(),
        ...z.object(sizeShape).partial().shape,
      }),
    ),
  }),
  z.strictObject({ schema, recipe: recipeSchema }),
  z.strictObject({ schema, source: z.string(), resolution: resolutionSchema }),
  z.strictObject({ schema, source: z.string(), recipe: recipeSchema, notes: z.array(z.string()) }),
]);

/** A document of `ggufix recipe`. */
export type RecipeDocument = z.input<typeof recipeDocumentSchema>;

/** The document of `list`. */
export function listDocument(list: readonly ListedRecipe[], source: string | undefined): RecipeDocument {
  const recipes = list.map(({ recipe, needsImatrix, size }) => {
    const { name, fileType, description } = recipe;
    return {
      name,
      fileType,
      needsImatrix,
      ...(description === undefined ? {} : { description }),
      ...(size === undefined ? {} : sizeOf(size)),
    };
  });
  return { schema: 'ggufix.recipe/1', ...(source === undefined ? {} : { source }), recipes };
}

/** The document of `show`. */
export function showDocument(recipe: Recipe): RecipeDocument {
  return { schema: 'ggufix.recipe/1', recipe: recipeFile(recipe) };
}

/** The document of `resolve`. */
export function resolveDocument({ source, resolution, needsImatrix, size }: ResolvedReport): RecipeDocument {
  const { name, fileType, choices, warnings, unmapped, unused } = resolution;
  const tensors = choices.map(({ tensor, type, why }) => ({ name: tensor.name, type, why }));
  const lists = { warnings: [...warnings], unmapped: [...unmapped], unused: [...unused] };
  return {
    schema: 'ggufix.recipe/1',
    source,
    resolution: { name, fileType, needsImatrix, ...sizeOf(size), tensors, ...lists },
  };
}

/** The document of `clone`. */
export function cloneDocument(source: string, { recipe, notes }: Clone): RecipeDocument {
  return { schema: 'ggufix.recipe/1', source, recipe: recipeFile(recipe), notes: [...notes] };
}

function sizeOf({ fileBytes, tensorBytes, bpw }: ResolvedReport['size']) {
  return { fileBytes, tensorBytes, bitsPerWeight: bpw };
}
