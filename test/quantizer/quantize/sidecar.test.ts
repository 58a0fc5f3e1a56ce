import { describe, expect, test } from 'vitest';
import { sidecarFile, sidecarPath } from '../../../src/quantizer/quantize/sidecar.js';
import { findPreset } from '../../../src/quantizer/recipes/presets/presets.js';
import { parseRecipe } from '../../../src/quantizer/recipes/read.js';
import { resolveRecipe } from '../../../src/quantizer/recipes/resolve.js';
import { resolveFitted } from '../../../src/quantizer/recipes/resolve-fitted.js';
import type { Recipe } from '../../../src/quantizer/recipes/schema.js';
import { resolveStock } from '../../../src/quantizer/recipes/stock.js';
import { bareHeader } from '../recipes/support/header-only.js';
import { gemma3n, llama } from '../recipes/support/shapes.js';

const E2B = bareHeader(gemma3n('E2B'));
const sha256 = 'a'.repeat(64);
const provenance = { quantizedBy: 'ggufix 1', engine: 'embedded 0.5.0', source: { file: 'in.gguf', sha256 } };
const parts = { header: E2B, output: '/models/out.gguf', provenance };

test.each([
  ['model-Q4_K_M.gguf', 'model-Q4_K_M.recipe.json'],
  ['MODEL.GGUF', 'MODEL.recipe.json'],
  ['/a.gguf/model', '/a.gguf/model.recipe.json'],
])('%s has the sidecar %s', (output, sidecar) => {
  expect(sidecarPath(output)).toBe(sidecar);
});

describe('the sidecar of a preset', () => {
  const resolved = resolveRecipe(findPreset('UD-Q4_K_XL') as Recipe, E2B);
  const file = sidecarFile({ ...parts, recipe: resolved });

  test('pins each tensor with its reason, and says what was made of what', () => {
    expect(Object.keys(file.pins ?? {})).toHaveLength(272);
    expect(file.pins?.['per_layer_token_embd.weight']).toEqual({ type: 'q8_0', why: expect.stringMatching(/./) });
    expect(file).toMatchObject({
      name: 'UD-Q4_K_XL',
      fileType: 'Q4_K_M',
      description: expect.stringContaining('What out.gguf was made by'),
      source: { architecture: 'gemma3n', layers: 30, firstSharedLayer: 20 },
      provenance,
    });
    expect(JSON.stringify(file)).not.toContain('/models');
  });

  test('is a recipe file that comes to the same types', () => {
    const read = parseRecipe(JSON.stringify(file), 'out.recipe.json');
    const { choices, unmapped, unused, warnings } = resolveFitted(read, E2B);
    const types = (all: typeof choices) => all.map(({ tensor, type }) => [tensor.name, type]);
    expect(types(choices)).toEqual(types(resolved.choices));
    expect([unmapped, unused, warnings]).toEqual([[], [], []]);
  });

  test('is fitted to a deeper model, where shared layers stay shared', () => {
    const E4B = bareHeader(gemma3n('E4B'));
    const read = parseRecipe(JSON.stringify(file), 'out.recipe.json');
    const { choices, unmapped } = resolveFitted(read, E4B);
    expect(unmapped).toEqual([]);
    expect(choices).toHaveLength(9 * 35 + 2);
    const shared = choices.filter(({ tensor }) => /^blk\.(2|3)\d\.attn_[kv]\./.test(tensor.name));
    expect(new Set(shared.map(({ type }) => type))).toEqual(new Set(['Q2_K']));
  });
});

test('a model whose shape is not known has no source to be fitted by', () => {
  const header = bareHeader({ metadata: [], tensors: llama({ layers: 1 }).tensors });
  expect(sidecarFile({ ...parts, header, recipe: resolveStock('Q4_K_M', header) }).source).toBeUndefined();
});

test('a reason that is too long is cut, so that the file can be read', () => {
  const { choices, ...recipe } = resolveStock('Q4_K_M', E2B);
  const wordy = { ...recipe, choices: choices.map((choice) => ({ ...choice, why: 'x'.repeat(2000) })) };
  const read = parseRecipe(JSON.stringify(sidecarFile({ ...parts, recipe: wordy })), 'out.recipe.json');
  expect(read.pins['token_embd.weight']?.why).toBe('x'.repeat(1000));
});

test('how it was planned comes along', () => {
  const plan = {
    fileBytes: 1,
    budgetBytes: 2,
    bpw: 4.5,
    divergence: 0.1,
    sensitivity: 'expected' as const,
    seed: 1,
    imatrix: false,
    most: [],
    least: [],
  };
  const file = sidecarFile({ ...parts, recipe: resolveStock('Q4_K_M', E2B), plan });
  expect(parseRecipe(JSON.stringify(file), 'out.recipe.json').plan).toEqual(plan);
});
