import { describe, expect, test } from 'vitest';
import { predictSize } from '../../src/quantizer/recipes/predict.js';
import { findPreset, PRESETS } from '../../src/quantizer/recipes/presets/presets.js';
import { parseRecipe } from '../../src/quantizer/recipes/read.js';
import { resolveFitted } from '../../src/quantizer/recipes/resolve-fitted.js';
import type { Recipe } from '../../src/quantizer/recipes/schema.js';
import { renderRecipes, renderResolution } from '../../src/report/recipe.js';
import { PLAIN } from '../../src/report/styles.js';
import { displayWidth } from '../../src/report/text-width.js';
import { type BareModel, bareHeader } from '../quantizer/recipes/support/header-only.js';
import { gemma3n, llama } from '../quantizer/recipes/support/shapes.js';

const page = { width: 80, styles: PLAIN };

function resolutionText(recipe: Recipe, model: BareModel, tensors = false): string {
  const header = bareHeader(model);
  const resolution = resolveFitted(recipe, header);
  const report = { source: 'm.gguf', resolution, needsImatrix: false, size: predictSize(header, resolution) };
  return renderResolution(report, { tensors }, page);
}

describe('a resolved recipe', () => {
  const text = resolutionText(findPreset('UD-Q4_K_XL')!, gemma3n('E2B'));

  test('begins with what the file will be', () => {
    expect(text).toMatch(
      /^UD-Q4_K_XL for m\.gguf\n\nbase +Q4_K_M\nimatrix +optional\nsize +3\.57 GiB \(3,832,\d{3},\d{3} bytes\)/,
    );
  });

  test('has a row for each type of each kind, kinds together, layers as ranges', () => {
    const rows = [...text.matchAll(/^(\S+) +([A-Z]\S+) {2}(?:([\d, -]*\d) )? /gm)].map(([, ...cells]) =>
      cells.join(' ').trim(),
    );
    expect(rows.slice(0, 8)).toEqual([
      ...['token_embd Q6_K', 'per_layer_token_embd Q8_0', 'attn_q Q4_K 0-29'],
      ...['attn_k Q5_K 0-19', 'attn_k Q2_K 20-29', 'attn_v Q6_K 0-19', 'attn_v Q2_K 20-29', 'attn_output Q5_K 0-29'],
    ]);
    expect(rows).toContain('ffn_down Q6_K 0, 2-4, 29');
  });

  test('fits the page', () => {
    expect(text.split('\n').filter((line) => displayWidth(line) > 80)).toEqual([]);
  });

  test('lists the tensors where asked', () => {
    expect(resolutionText(findPreset('UD-Q8_K_XL')!, llama({ layers: 1 }), true)).toContain(
      'blk.0.attn_q.weight       Q8_0  the least sensitive matrix of attention\n',
    );
  });

  test('ends with what is odd', () => {
    const clone = parseRecipe(
      `
name: c
fileType: Q8_0
source: {architecture: llama, layers: 1, depth: 1, firstSharedLayer: 1}
rules: [{tensors: ssm, type: q8_0, why: x}]
pins: {blk.0.attn_q.weight: q4_K, blk.0.other.weight: q4_K}
`,
      'r.yaml',
    );
    const odd = resolutionText(clone, llama({ layers: 1 }));
    expect(odd).toContain('\n! rule 1 (ssm) matches no tensor that llama-quantize quantizes\n');
    expect(odd).toContain(
      '\n! the clone says nothing of token_embd.weight, output.weight,\n  blk.0.attn_k.weight, blk.0.attn_v.weight,',
    );
    expect(odd).toContain('\n! the model has nothing like blk.0.other.weight\n');
  });

  test('does not let a name steer the terminal', () => {
    const model = llama({ layers: 1 });
    const evil = { name: '\u001b[2Jx.weight', type: 'F16', dims: [256, 2] } as const;
    const text = resolutionText(findPreset('UD-Q8_K_XL')!, { ...model, tensors: [...model.tensors, evil] }, true);
    expect(text).toContain('\\u001b[2Jx.weight');
    expect(text).not.toContain('\u001b');
  });
});

describe('a list of recipes', () => {
  test('describes them', () => {
    const text = renderRecipes(
      PRESETS.map((recipe) => ({ recipe, needsImatrix: false })),
      page,
    );
    expect(text).toMatch(/^UD-Q6_K_XL +Q6_K +optional +In the manner/m);
    expect(text.split('\n').filter((line) => displayWidth(line) > 80)).toEqual([]);
  });

  test('has sizes in place of descriptions for a model', () => {
    const size = { fileBytes: 3_839_000_000, tensorBytes: 1, bpw: 6.897 };
    const text = renderRecipes([{ recipe: findPreset('UD-IQ1_S')!, needsImatrix: true, size }], page);
    expect(text).toBe(
      'recipe    base   imatrix      size          bytes  bits/weight\n' +
        'UD-IQ1_S  IQ1_S  needed   3.58 GiB  3,839,000,000         6.90\n',
    );
  });
});
