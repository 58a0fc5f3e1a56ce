import { describe, expect, test } from 'vitest';
import { withReadableEmbedding } from '../../../src/quantizer/quantize/readable-embedding.js';
import type { BaseType } from '../../../src/quantizer/recipes/base-types.js';
import { resolveStock } from '../../../src/quantizer/recipes/stock.js';
import { bareHeader } from '../recipes/support/header-only.js';
import { gemma3n, llama } from '../recipes/support/shapes.js';

const EMBEDDING = 'per_layer_token_embd.weight';
const E2B = bareHeader(gemma3n('E2B'));

describe('llama-quantize gives the table of per-layer embeddings a type that Ollama cannot read', () => {
  test.each<readonly [BaseType, string, string]>([
    ['Q4_K_M', 'Q6_K', 'Q8_0'],
    ['Q6_K', 'Q6_K', 'Q8_0'],
    ['IQ2_M', 'Q5_K', 'Q8_0'],
    ['IQ4_XS', 'Q6_K', 'Q8_0'],
  ])('%s: %s becomes %s, and nothing else changes', (type, from, to) => {
    const stock = resolveStock(type, E2B, { imatrix: true });
    const { recipe, note } = withReadableEmbedding(stock);
    const changed = recipe.choices.filter((choice, index) => choice !== stock.choices[index]);
    expect(changed).toMatchObject([{ tensor: { name: EMBEDDING }, type: to }]);
    expect(stock.choices.find(({ tensor }) => tensor.name === EMBEDDING)?.type).toBe(from);
    expect(note).toBe(
      `${EMBEDDING} becomes ${to} and not ${from}, which Ollama's engine cannot read there; --as-is, or asIs in a manifest, keeps it`,
    );
  });
});

test('a type that Ollama reads stays', () => {
  const stock = resolveStock('Q8_0', E2B);
  expect(withReadableEmbedding(stock)).toEqual({ recipe: stock });
});

test('a model without such a table keeps its recipe', () => {
  const stock = resolveStock('Q4_K_M', bareHeader(llama({ layers: 2 })));
  expect(withReadableEmbedding(stock)).toEqual({ recipe: stock });
});
