import { didYouMean } from '../../config/did-you-mean.js';
import { GgufError } from '../../errors.js';
import { quoted } from '../../gguf/printable.js';
import { BASE_TYPES, type BaseType, parseBaseType, takesOverrides } from './base-types.js';
import { findPreset, PRESETS } from './presets/presets.js';
import { readRecipe } from './read.js';
import { type Recipe, recipeSchema } from './schema.js';

/**
 * The recipe that a user means: a preset, one of llama-quantize's own mixtures (a recipe without rules), or a file.
 * Rejects with `not-found` for a name that is none of them, else as `readRecipe`.
 */
export async function findRecipe(nameOrFile: string): Promise<Recipe> {
  const named = findPreset(nameOrFile) ?? stockRecipe(nameOrFile);
  if (named !== undefined) return named;
  if (isRecipeFile(nameOrFile)) return await readRecipe(nameOrFile);
  const known = [...PRESETS.map(({ name }) => name), ...(Object.keys(BASE_TYPES) as BaseType[]).filter(takesOverrides)];
  const hint =
    didYouMean(nameOrFile.toUpperCase(), known) || '; ggufix recipe list names them, and a file needs its ending';
  throw new GgufError('not-found', `there is no recipe ${quoted(nameOrFile)}${hint}`, {
    kind: 'recipe',
    name: nameOrFile,
  });
}

/** Whether `findRecipe` would read a file: no recipe that has a name is spelled like one. */
export function isRecipeFile(nameOrFile: string): boolean {
  return /[\\/.]/.test(nameOrFile);
}

function stockRecipe(name: string): Recipe | undefined {
  const fileType = parseBaseType(name);
  if (fileType === undefined || !takesOverrides(fileType)) return undefined;
  return recipeSchema.parse({
    name: fileType,
    description: `The own mixture of llama-quantize for ${fileType}.`,
    fileType,
  });
}
