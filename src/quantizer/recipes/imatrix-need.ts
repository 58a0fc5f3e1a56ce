import { IMATRIX_TYPES, needsImatrix } from '../imatrix/requires-imatrix.js';
import type { ResolvedRecipe, TensorChoice } from './resolved.js';
import type { Recipe } from './schema.js';

/** The tensors at which llama-quantize would stop without an importance matrix. */
export function tensorsNeedingImatrix({ choices, fileType }: ResolvedRecipe): TensorChoice[] {
  return choices.filter(({ tensor, type }) => tensor.type !== type && needsImatrix(type, tensor.name, fileType));
}

/** Whether there is one. */
export function needsAnyImatrix(recipe: ResolvedRecipe): boolean {
  return tensorsNeedingImatrix(recipe).length > 0;
}

/** Whether a recipe names a type that is made only with an importance matrix: for some model it needs one. */
export function namesImatrixTypes({ rules, pins }: Recipe): boolean {
  return [...rules, ...Object.values(pins)].some(({ type }) => IMATRIX_TYPES.includes(type));
}
