import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { chooseRecipe } from '../../src/cli/choose-recipe.js';
import { parseHeader } from '../../src/gguf/parse.js';
import { gguf } from '../support/gguf-builder.js';
import { tempFolder } from '../support/temp.js';

const header = parseHeader(
  gguf()
    .metadata('general.architecture', { type: 'string', value: 'llama' })
    .metadata('llama.block_count', { type: 'uint32', value: 1 })
    .tensor('blk.0.ffn_up.weight', 'F16', [256, 4])
    .bytes(),
);

async function typesOf(type: string | undefined, recipe: string | undefined) {
  const found = await chooseRecipe({ type, recipe }, header);
  return found && { fileType: found.fileType, types: found.choices.map((choice) => choice.type) };
}

test('nothing chosen is nothing', async () => {
  expect(await typesOf(undefined, undefined)).toBeUndefined();
});

test('a file type of llama-quantize is its own mixture with an imatrix', async () => {
  expect(await typesOf('iq3_xxs', undefined)).toEqual({ fileType: 'IQ3_XXS', types: ['IQ3_XXS'] });
});

test('a recipe is a preset by its name, or a file', async () => {
  expect(await typesOf(undefined, 'ud-iq1_s')).toEqual({ fileType: 'IQ1_S', types: ['IQ1_S'] });
  const file = path.join(tempFolder(), 'mine.yaml');
  writeFileSync(file, 'name: mine\nfileType: Q4_K_M\nrules:\n  - tensors: [ffn_up]\n    type: Q6_K\n    why: test\n');
  expect(await typesOf(undefined, file)).toEqual({ fileType: 'Q4_K_M', types: ['Q6_K'] });
});

test.each([
  ['Q4_Q', undefined, "--type is 'Q4_Q', expected a file type such as Q4_K_M or IQ2_XXS"],
  ['Q4_K_M', 'UD-IQ1_S', 'give --type or --recipe, not both'],
])('%s with %s is wrong', async (type, recipe, message) => {
  await expect(typesOf(type, recipe)).rejects.toMatchObject({ code: 'bad-option', message });
});
