import { describe, expect, test } from 'vitest';
import { needsImatrix } from '../../../src/quantizer/imatrix/requires-imatrix.js';

const NAME = 'blk.0.attn_k.weight';

describe('needsImatrix', () => {
  test.each(['IQ3_XXS', 'IQ2_XXS', 'IQ2_XS', 'IQ2_S', 'IQ1_M', 'IQ1_S'] as const)('%s always', (type) => {
    expect(needsImatrix(type, NAME, 'Q4_K_M')).toBe(true);
  });

  test.each(['IQ3_S', 'IQ4_XS', 'IQ4_NL', 'Q3_K', 'Q4_K', 'TQ1_0', 'F16'] as const)('%s never', (type) => {
    expect(needsImatrix(type, NAME, 'IQ2_XXS')).toBe(false);
  });

  test('Q2_K in a file of type Q2_K_S only', () => {
    expect(needsImatrix('Q2_K', NAME, 'Q2_K_S')).toBe(true);
    expect(needsImatrix('Q2_K', NAME, 'Q2_K')).toBe(false);
  });

  test.each(['token_embd.weight', 'per_layer_token_embd.weight', 'output.weight'])('%s never', (name) => {
    expect(needsImatrix('IQ1_S', name, 'IQ1_S')).toBe(false);
  });
});
