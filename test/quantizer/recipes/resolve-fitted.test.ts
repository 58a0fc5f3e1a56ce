import { expect, test } from 'vitest';
import { findPreset } from '../../../src/quantizer/recipes/presets/presets.js';
import { parseRecipe } from '../../../src/quantizer/recipes/read.js';
import { resolveRecipe } from '../../../src/quantizer/recipes/resolve.js';
import { resolveFitted } from '../../../src/quantizer/recipes/resolve-fitted.js';
import { bareHeader } from './support/header-only.js';
import { llama } from './support/shapes.js';

const header = bareHeader(llama({ layers: 4 }));

test('a recipe that is no clone is resolved as it is', () => {
  const preset = findPreset('UD-Q4_K_XL')!;
  expect(resolveFitted(preset, header)).toEqual({ ...resolveRecipe(preset, header), unmapped: [], unused: [] });
});

test('a clone is fitted, and its rules decide about what it says nothing of', () => {
  const clone = parseRecipe(
    `
name: c
fileType: IQ3_XXS
source: {architecture: llama, layers: 2, depth: 2, firstSharedLayer: 2}
rules: [{tensors: attn_k, type: q6_K, why: rule}]
pins: {blk.0.attn_q.weight: q4_K, blk.1.attn_q.weight: q5_K}
`,
    'r.yaml',
  );
  const { choices, unmapped, warnings } = resolveFitted(clone, header, { imatrix: true });
  const types = Object.fromEntries(choices.map(({ tensor, type }) => [tensor.name, type]));
  expect([0, 1, 2, 3].map((i) => types[`blk.${i}.attn_q.weight`])).toEqual(['Q4_K', 'Q4_K', 'Q5_K', 'Q5_K']);
  expect([types['blk.3.attn_k.weight'], types['blk.3.attn_v.weight']]).toEqual(['Q6_K', 'IQ3_XXS']);
  expect(unmapped).toContain('blk.3.attn_k.weight');
  expect(warnings).toEqual([]);
});
