import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { provenanceKeys, provenanceRoom, recipeHash } from '../../../src/quantizer/quantize/provenance.js';
import { resolveStock } from '../../../src/quantizer/recipes/stock.js';
import { bareHeader } from '../recipes/support/header-only.js';
import { llama } from '../recipes/support/shapes.js';

const recipe = resolveStock('Q4_K_M', bareHeader(llama({ layers: 1 })));

describe('recipeHash', () => {
  test('is the SHA-256 of the file type and a line for each tensor', () => {
    const lines = ['Q4_K_M', ...recipe.choices.map(({ tensor, type }) => `${tensor.name}=${type}`), ''];
    expect(lines[1]).toBe('token_embd.weight=Q4_K');
    expect(recipeHash(recipe)).toBe(createHash('sha256').update(lines.join('\n')).digest('hex'));
  });

  test('depends on types and file type, not on name and reasons', () => {
    const [first, ...others] = recipe.choices;
    expect(recipeHash({ ...recipe, name: 'other' })).toBe(recipeHash(recipe));
    expect(recipeHash({ ...recipe, choices: [{ ...first!, why: 'because' }, ...others] })).toBe(recipeHash(recipe));
    expect(recipeHash({ ...recipe, fileType: 'Q4_K_S' })).not.toBe(recipeHash(recipe));
    expect(recipeHash({ ...recipe, choices: [{ ...first!, type: 'Q6_K' }, ...others] })).not.toBe(recipeHash(recipe));
  });
});

describe('provenanceKeys', () => {
  test('name ggufix, the recipe and, later, the source, but no engine', () => {
    expect(provenanceKeys(recipe, '1.2.3')).toEqual([
      { key: 'general.quantized_by', type: 'str', value: 'ggufix 1.2.3' },
      { key: 'ggufix.recipe.name', type: 'str', value: 'Q4_K_M' },
      { key: 'ggufix.recipe.sha256', type: 'str', value: recipeHash(recipe) },
      { key: 'ggufix.source.sha256', type: 'str', value: '0'.repeat(64) },
    ]);
  });

  test('take as much room as is left for them', () => {
    const lengths = (keys: ReturnType<typeof provenanceKeys>) => keys.map(({ value }) => value.length);
    expect(lengths(provenanceRoom('Q4_K_M', '1'))).toEqual(lengths(provenanceKeys(recipe, '1')));
  });

  test('cut a name to what an override carries', () => {
    expect(provenanceKeys({ ...recipe, name: 'ä'.repeat(100) }, '1')[1]?.value).toBe('ä'.repeat(63));
  });
});
