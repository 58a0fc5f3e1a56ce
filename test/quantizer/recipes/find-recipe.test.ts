import { expect, test } from 'vitest';
import { findRecipe } from '../../../src/quantizer/recipes/find-recipe.js';
import { findPreset } from '../../../src/quantizer/recipes/presets/presets.js';
import { tempFile } from '../../support/temp.js';

test('a preset, in any case', async () => {
  expect(await findRecipe('ud-q4_k_xl')).toEqual(findPreset('UD-Q4_K_XL'));
});

test("one of llama-quantize's own mixtures is a recipe without rules", async () => {
  expect(await findRecipe('iq4_xs')).toMatchObject({ name: 'IQ4_XS', fileType: 'IQ4_XS', rules: [], pins: {} });
});

test('a file', async () => {
  const file = tempFile(Buffer.from('{"name": "mine", "fileType": "Q8_0"}'), 'r.json');
  expect((await findRecipe(file)).name).toBe('mine');
});

test.each([
  ['UD-Q4_K_XXL', "there is no recipe 'UD-Q4_K_XXL', did you mean 'UD-Q4_K_XL'?"],
  ['F16', "there is no recipe 'F16'; ggufix recipe list names them, and a file needs its ending"],
  ['nonsense', "there is no recipe 'nonsense'; ggufix recipe list names them, and a file needs its ending"],
  ['./nowhere.yaml', 'cannot read ./nowhere.yaml: no such file'],
])('%s is none', async (name, message) => {
  await expect(findRecipe(name)).rejects.toThrow(message);
});
