import { expect, test } from 'vitest';
import { namedRecipe, RECIPE_NAMES } from '../../../src/batch/manifest/recipe-names.js';
import { findRecipe } from '../../../src/quantizer/recipes/find-recipe.js';

test('every name is one that a recipe is found under', async () => {
  for (const name of RECIPE_NAMES) expect((await findRecipe(name)).name).toBe(name);
});

test('in any case; plain types and files are none', () => {
  expect(namedRecipe('ud-q4_k_xl')).toBe('UD-Q4_K_XL');
  expect(namedRecipe('q4_k')).toBe('Q4_K_M');
  expect([namedRecipe('BF16'), namedRecipe('x.yaml'), namedRecipe('toString')]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
