import { expect, test } from 'vitest';
import { findPreset, PRESETS } from '../../../src/quantizer/recipes/presets/presets.js';
import { parseRecipe } from '../../../src/quantizer/recipes/read.js';
import { recipeText } from '../../../src/quantizer/recipes/recipe-text.js';
import type { Recipe } from '../../../src/quantizer/recipes/schema.js';
import { displayWidth } from '../../../src/report/text-width.js';

const ODD: Recipe = {
  name: 'odd: #1',
  fileType: 'Q4_K_M',
  rules: [
    { pattern: '*', layers: [-1, { from: 0, to: 1 }], when: ['tied', 'dense'], type: 'IQ4_NL', why: '- a "b": c' },
  ],
  pins: { '#': { type: 'Q4_K' }, 'a: b': { type: 'BF16', why: 'x' }, 'é\n': { type: 'F32' } },
  ties: [
    ['attn_k', 'attn_v'],
    ['ffn_gate', 'ffn_up'],
  ],
  source: { architecture: 'llama', layers: 2, depth: 2, firstSharedLayer: 2 },
};

test.each([...PRESETS, ODD])('$name reads back as it was', (recipe) => {
  expect(parseRecipe(recipeText(recipe, 'yaml'), 'r.yaml')).toEqual(recipe);
  expect(parseRecipe(recipeText(recipe, 'json'), 'r.json')).toEqual(recipe);
});

test('is as one would write it, and fits a terminal', () => {
  const text = recipeText(findPreset('UD-IQ2_M')!, 'yaml');
  expect(text).toContain(
    '  - tensors: [attn_k, attn_v]\n    layers: kv-shared\n    type: q2_K\n    why: never executed',
  );
  expect(text).toContain('    layers: [first, {start: 2, share: 0.125}, last]\n');
  expect(text.split('\n').filter((line) => displayWidth(line) > 80)).toEqual([]);
});
