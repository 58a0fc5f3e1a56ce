import { IMATRIX_TYPES, needsImatrix } from '../imatrix/requires-imatrix.js';
import type { ResolvedRecipe } from './resolved.js';
import type { Recipe } from './schema.js';

/** Whether llama-quantize would stop without an importance matrix. */
export function needsAnyImatrix({ choices, fileType }: ResolvedRecipe): boolean {
  return choices.some(({ tensor, type }) => tensor.type !== type && needsImatrix(type, tensor.name, fileType));
}

/** Whether a recipe names a type that is made only with an importance matrix: for some model it needs one. */
export function namesImatrixTypes({ rules, pins }: Recipe): boolean {
  return [...rules, ...Object.values(pins)].some(({ type }) => IMATRIX_TYPES.includes(type));
}
