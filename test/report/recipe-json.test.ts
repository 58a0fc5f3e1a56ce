import { expect, test } from 'vitest';
import { cloneRecipe } from '../../src/quantizer/recipes/clone.js';
import { predictSize } from '../../src/quantizer/recipes/predict.js';
import { findPreset, PRESETS } from '../../src/quantizer/recipes/presets/presets.js';
import { resolveFitted } from '../../src/quantizer/recipes/resolve-fitted.js';
import { recipeSchema } from '../../src/quantizer/recipes/schema.js';
import { cloneDocument, listDocument, resolveDocument, showDocument } from '../../src/report/recipe-json.js';
import { bareHeader } from '../quantizer/recipes/support/header-only.js';
import { llama } from '../quantizer/recipes/support/shapes.js';

test('a list, with and without sizes', () => {
  const list = PRESETS.map((recipe) => ({ recipe, needsImatrix: false }));
  const plain = listDocument(list, undefined);
  expect('recipes' in plain && plain.recipes.map(({ name }) => name)).toEqual(PRESETS.map(({ name }) => name));
  const size = { fileBytes: 3, tensorBytes: 2, bpw: 1.5 };
  expect(listDocument([{ recipe: PRESETS[0]!, needsImatrix: true, size }], 'm.gguf')).toEqual({
    schema: 'ggufix.recipe/1',
    source: 'm.gguf',
    recipes: [
      {
        name: 'UD-IQ1_S',
        fileType: 'IQ1_S',
        needsImatrix: true,
        description: 'In the manner of Dynamic 2.0, feed-forward matrices of iq1_s to iq3_s.',
        ...{ fileBytes: 3, tensorBytes: 2, bitsPerWeight: 1.5 },
      },
    ],
  });
});

test('a recipe that is shown is the recipe', () => {
  const document = showDocument(findPreset('UD-IQ1_S')!);
  expect('recipe' in document && recipeSchema.parse(document.recipe)).toEqual(findPreset('UD-IQ1_S'));
});

test('a resolution', () => {
  const header = bareHeader(llama({ layers: 1 }));
  const resolution = resolveFitted(findPreset('UD-Q8_K_XL')!, header);
  const size = predictSize(header, resolution);
  const document = resolveDocument({ source: 'm.gguf', resolution, needsImatrix: false, size });
  expect(document).toMatchObject({
    source: 'm.gguf',
    resolution: {
      ...{ name: 'UD-Q8_K_XL', fileType: 'Q8_0', needsImatrix: false, fileBytes: size.fileBytes },
      tensors: [
        { name: 'token_embd.weight', type: 'Q8_0' },
        { name: 'output.weight', type: 'BF16' },
        {},
        {},
        {},
        {},
        {},
        {},
        {},
      ],
      ...{ warnings: [], unmapped: [], unused: [] },
    },
  });
});

test('a clone', () => {
  const { metadata, tensors } = llama({ layers: 1 });
  const quantized = tensors.map((tensor) => (tensor.dims.length === 2 ? { ...tensor, type: 'Q8_0' as const } : tensor));
  const clone = cloneRecipe(bareHeader({ metadata, tensors: quantized }), 'c');
  expect(cloneDocument('m.gguf', { ...clone, notes: ['n'] })).toMatchObject({
    source: 'm.gguf',
    recipe: { name: 'c', fileType: 'Q8_0', pins: { 'output.weight': 'q8_0' } },
    notes: ['n'],
  });
});
