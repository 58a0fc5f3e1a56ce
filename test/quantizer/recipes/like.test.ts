import { describe, expect, test } from 'vitest';
import { cloneRecipe } from '../../../src/quantizer/recipes/clone.js';
import { applyLike } from '../../../src/quantizer/recipes/like.js';
import { findPreset } from '../../../src/quantizer/recipes/presets/presets.js';
import { resolveRecipe } from '../../../src/quantizer/recipes/resolve.js';
import type { Recipe } from '../../../src/quantizer/recipes/schema.js';
import { type BareModel, bareHeader } from './support/header-only.js';
import { gemma3n, llama } from './support/shapes.js';

/** The model as if it had been quantized by a preset. */
function quantized(model: BareModel, preset: string): BareModel {
  const { choices } = resolveRecipe(findPreset(preset)!, bareHeader(model));
  const types = new Map(choices.map(({ tensor, type }) => [tensor.name, type]));
  const tensors = model.tensors.map((tensor) => ({ ...tensor, type: types.get(tensor.name) ?? tensor.type }));
  return { metadata: [...model.metadata, ['general.file_type', { type: 'uint32', value: 15 }]], tensors };
}

function cloneOf(model: BareModel): Recipe {
  return cloneRecipe(bareHeader(model), 'clone').recipe;
}

function typesOf({ choices }: ReturnType<typeof resolveRecipe>): Record<string, string> {
  return Object.fromEntries(choices.map(({ tensor, type }) => [tensor.name, type]));
}

test('the same model gets the same types, tensor for tensor', () => {
  const model = gemma3n('E2B');
  const header = bareHeader(model);
  const { recipe, unmapped, unused } = applyLike(cloneOf(quantized(model, 'UD-IQ2_M')), header);
  expect([unmapped, unused]).toEqual([[], []]);
  expect(typesOf(resolveRecipe(recipe, header))).toEqual(typesOf(resolveRecipe(findPreset('UD-IQ2_M')!, header)));
});

describe('between E2B and E4B', () => {
  const e4b = bareHeader(gemma3n('E4B'));
  const { recipe, unmapped, unused } = applyLike(cloneOf(quantized(gemma3n('E2B'), 'UD-IQ2_M')), e4b);
  const types = typesOf(resolveRecipe(recipe, e4b));

  test('every tensor has a like', () => {
    expect([unmapped, unused]).toEqual([[], []]);
  });

  test('layers that share keys and values stay those', () => {
    const shared = Array.from({ length: 35 }, (_, i) => types[`blk.${i}.attn_k.weight`] === 'Q2_K');
    expect(shared).toEqual(Array.from({ length: 35 }, (_, i) => i >= 20));
  });

  test('first stays first, last stays last', () => {
    expect([types['blk.0.ffn_down.weight'], types['blk.34.ffn_down.weight']]).toEqual(['IQ4_XS', 'IQ4_XS']);
    expect(recipe.pins['blk.34.ffn_down.weight']?.why).toBe('as blk.29.ffn_down.weight in clone');
  });
});

test('layers are mapped by position where counts differ', () => {
  const clone = cloneOf(quantized(llama({ layers: 5 }), 'UD-Q4_K_XL'));
  const { recipe } = applyLike(clone, bareHeader(llama({ layers: 9 })));
  const from = Array.from({ length: 9 }, (_, i) => recipe.pins[`blk.${i}.attn_q.weight`]?.why);
  expect(from.map((why) => /blk\.(\d)/.exec(why ?? '')?.[1] ?? why)).toEqual(
    // round(i × 4 / 8); 0 and 1 are what they were.
    ['as in clone', 'as in clone', '1', '2', '2', '3', '3', '4', '4'],
  );
});

test('a tensor that the layer of the same position lacks is taken from the nearest that has one', () => {
  const model = quantized(llama({ layers: 8 }), 'UD-Q4_K_XL');
  const without = { ...model, tensors: model.tensors.filter(({ name }) => !/^blk\.[1-7]\.attn_q/.test(name)) };
  const { recipe, unmapped } = applyLike(cloneOf(without), bareHeader(llama({ layers: 8 })));
  expect(unmapped).toEqual([]);
  expect(recipe.pins['blk.6.attn_q.weight']).toEqual({ type: 'Q4_K', why: 'as blk.0.attn_q.weight in clone' });
});

test('what has no like is named, on both sides, and the base decides about it', () => {
  const clone = cloneOf(quantized(llama({ layers: 2, isTied: false }), 'UD-Q6_K_XL'));
  const header = bareHeader(llama({ layers: 2, isTied: true, experts: 4 }));
  const { recipe, unmapped, unused } = applyLike(clone, header);
  const parts = ['gate', 'up', 'down'];
  expect(unmapped).toEqual([0, 1].flatMap((i) => parts.map((part) => `blk.${i}.ffn_${part}_exps.weight`)));
  expect(unused).toEqual([
    'output.weight',
    ...[0, 1].flatMap((i) => parts.map((part) => `blk.${i}.ffn_${part}.weight`)),
  ]);
  const { choices } = resolveRecipe(recipe, header);
  expect(choices.find(({ tensor }) => tensor.name === 'blk.0.ffn_up_exps.weight')?.why).toBe('as in stock Q4_K_M');
});

test('another architecture and a recipe that is no clone are refused', () => {
  const clone = cloneOf(quantized(llama({ layers: 2 }), 'UD-Q6_K_XL'));
  expect(() => applyLike(clone, bareHeader(gemma3n('E2B')))).toThrow(
    "recipe 'clone' is of a 'llama', and the model is a 'gemma3n'",
  );
  expect(() => applyLike(findPreset('UD-IQ1_S')!, bareHeader(llama({ layers: 1 })))).toThrow('only a clone');
});
