import { parseYamlAs } from '../../config/parse-yaml.js';
import { MAX_RECIPE_BYTES } from '../../limits.js';
import { readText } from '../../sources/text.js';
import { type Recipe, recipeSchema } from './schema.js';

/**
 * Reads a recipe file, YAML or JSON. Throws `bad-option` with every problem in it, each as `FILE:LINE:COLUMN: what`, and
 * `source-unreadable` where it cannot be read.
 */
export async function readRecipe(file: string): Promise<Recipe> {
  return parseRecipe(await readText(file, MAX_RECIPE_BYTES), file);
}

/** Reads the text of a recipe file; `file` is for messages. Throws as `readRecipe`. */
export function parseRecipe(text: string, file: string): Recipe {
  return parseYamlAs(recipeSchema, text, file);
}
