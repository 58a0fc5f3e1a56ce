import { expect, test } from 'vitest';
import { MAX_RECIPE_NAME } from '../../../src/limits.js';
import { recipeNameOf } from '../../../src/quantizer/recipes/recipe-name.js';

test.each([
  ['/models/Llama-3.2-1B-Q4_K_M.gguf', 'Llama-3.2-1B-Q4_K_M'],
  ['Llama.GGUF', 'Llama'],
  ['Llama-3.2-1B', 'Llama-3.2-1B'],
  ['/models/.gguf', '.gguf'],
])('%s', (file, name) => {
  expect(recipeNameOf(file)).toBe(name);
});

test('a name that is too long is cut, between characters', () => {
  expect(recipeNameOf(`${'n'.repeat(150)}.gguf`)).toBe('n'.repeat(MAX_RECIPE_NAME));
  expect(recipeNameOf(`${'n'.repeat(MAX_RECIPE_NAME - 1)}🦙.gguf`)).toBe('n'.repeat(MAX_RECIPE_NAME - 1));
});
