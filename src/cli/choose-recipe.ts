import { GgufError } from '../errors.js';
import type { Header } from '../gguf/model.js';
import { parseBaseType } from '../quantizer/recipes/base-types.js';
import { findPreset } from '../quantizer/recipes/presets/presets.js';
import { readRecipe } from '../quantizer/recipes/read.js';
import { resolveRecipe } from '../quantizer/recipes/resolve.js';
import type { ResolvedRecipe } from '../quantizer/recipes/resolved.js';
import { resolveStock } from '../quantizer/recipes/stock.js';

/** How a user says what a model becomes: a file type as llama-quantize knows it, or a recipe. */
export interface RecipeChoice {
  readonly type: string | undefined;
  /** Name of a preset or path of a recipe file. */
  readonly recipe: string | undefined;
}

/** What the choice comes to for a model that is quantized with an imatrix; `undefined` where there is none. Throws `bad-option`. */
export async function chooseRecipe(
  { type, recipe }: RecipeChoice,
  header: Header,
): Promise<ResolvedRecipe | undefined> {
  const options = { imatrix: true };
  if (type !== undefined && recipe !== undefined) throw badOption('give --type or --recipe, not both');
  if (recipe !== undefined) return resolveRecipe(findPreset(recipe) ?? (await readRecipe(recipe)), header, options);
  if (type === undefined) return undefined;
  const base = parseBaseType(type);
  if (base === undefined) throw badOption(`--type is '${type}', expected a file type such as Q4_K_M or IQ2_XXS`);
  return resolveStock(base, header, options);
}

function badOption(problem: string): GgufError<'bad-option'> {
  return new GgufError('bad-option', problem, { problems: [problem] });
}
