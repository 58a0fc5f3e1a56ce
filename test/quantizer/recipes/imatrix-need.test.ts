import { expect, test } from 'vitest';
import { namesImatrixTypes, needsAnyImatrix } from '../../../src/quantizer/recipes/imatrix-need.js';
import { PRESETS } from '../../../src/quantizer/recipes/presets/presets.js';
import { parseRecipe } from '../../../src/quantizer/recipes/read.js';
import { resolveRecipe } from '../../../src/quantizer/recipes/resolve.js';
import { bareHeader } from './support/header-only.js';
import { gemma3n, llama } from './support/shapes.js';

const NEEDING = ['UD-IQ1_S', 'UD-IQ1_M', 'UD-IQ2_XXS', 'UD-IQ2_M', 'UD-IQ3_XXS'];

test('the presets that need one', () => {
  expect(PRESETS.filter(namesImatrixTypes).map(({ name }) => name)).toEqual(NEEDING);
  const header = bareHeader(gemma3n('E2B'));
  expect(PRESETS.filter((preset) => needsAnyImatrix(resolveRecipe(preset, header))).map(({ name }) => name)).toEqual(
    NEEDING,
  );
});

test('a base that needs one, and an embedding that does not', () => {
  const header = bareHeader(llama({ layers: 1 }));
  const needs = (text: string): boolean => needsAnyImatrix(resolveRecipe(parseRecipe(`name: x\n${text}`, 'r'), header));
  expect(needs('fileType: Q2_K')).toBe(false);
  expect(needs('fileType: Q2_K_S')).toBe(true);
  expect(needs('fileType: Q8_0\npins: {output.weight: iq1_s, token_embd.weight: iq1_s}')).toBe(false);
  expect(needs('fileType: Q8_0\npins: {blk.0.attn_q.weight: iq1_s}')).toBe(true);
});

test('a type in rows that it does not fit is not made', () => {
  const header = bareHeader(llama({ layers: 1, feedForward: 1376 }));
  const recipe = parseRecipe('{name: x, fileType: Q8_0, pins: {blk.0.ffn_down.weight: iq1_s}}', 'r');
  expect([namesImatrixTypes(recipe), needsAnyImatrix(resolveRecipe(recipe, header))]).toEqual([true, false]);
});
