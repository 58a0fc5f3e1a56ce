import { expect, test } from 'vitest';
import { resolveStock } from '../../../src/quantizer/recipes/stock.js';
import { TARGET_TYPES } from '../../../src/quantizer/recipes/target-types.js';
import { toTensorTypeFile } from '../../../src/quantizer/recipes/tensor-type-file.js';
import { describeWithTools } from '../../support/llama-tools.js';
import { tempFolder } from '../../support/temp.js';
import { dryRunRecipe } from './support/dry-run.js';
import { type BareModel, bareHeader, writeBare } from './support/header-only.js';
import { llama } from './support/shapes.js';

/** A llama with further matrices of these names. */
function withTensors(...names: readonly string[]): BareModel {
  const model = llama({ layers: 1 });
  return {
    ...model,
    tensors: [...model.tensors, ...names.map((name) => ({ name, type: 'F16', dims: [256, 2] }) as const)],
  };
}

function linesOf(model: BareModel): string[] {
  return toTensorTypeFile(resolveStock('Q4_K_M', bareHeader(model))).split('\n');
}

test('one anchored, exact name a line', () => {
  expect(linesOf(llama({ layers: 1 }))).toEqual([
    '^token_embd\\.weight$=q4_K',
    '^output\\.weight$=q6_K',
    '^blk\\.0\\.attn_q\\.weight$=q4_K',
    '^blk\\.0\\.attn_k\\.weight$=q4_K',
    '^blk\\.0\\.attn_v\\.weight$=q6_K',
    '^blk\\.0\\.attn_output\\.weight$=q4_K',
    '^blk\\.0\\.ffn_gate\\.weight$=q4_K',
    '^blk\\.0\\.ffn_up\\.weight$=q4_K',
    '^blk\\.0\\.ffn_down\\.weight$=q6_K',
    '',
  ]);
});

test('what llama-quantize would change or split at is written by its number', () => {
  expect(linesOf(withTensors('A=b c+.weight'))).toContain('^\\x41\\x3db\\x20c\\x2b\\.weight$=q4_K');
  expect(linesOf(withTensors('é.weight'))).toContain('^\\xc3\\xa9\\.weight$=q4_K');
});

describeWithTools('the real llama-quantize', ['llama-quantize'], () => {
  test('takes each of these names for itself and for no other', () => {
    const names = [
      'QK',
      'qk',
      'a=b',
      'a b',
      'a\tb',
      '(a|b)',
      'a',
      'b',
      '^a',
      'a$',
      'a\\d',
      'é',
      '#c',
      '"q"',
      'blk.1',
      'blk.10',
      'blkx1',
    ];
    const model = withTensors(...names.map((name) => `${name}.weight`));
    const resolved = resolveStock('Q4_K_M', bareHeader(model));
    // A type of its own for each, so that a pattern which hits another tensor shows.
    const types = [
      'Q4_0',
      'Q4_1',
      'Q5_0',
      'Q5_1',
      'Q8_0',
      'Q2_K',
      'Q3_K',
      'Q5_K',
      'Q6_K',
      'IQ4_NL',
      'IQ4_XS',
      'F16',
      'BF16',
    ] as const;
    const choices = resolved.choices.map((choice, i) => ({
      ...choice,
      type: types[i % types.length] ?? ('F32' as const),
    }));
    const found = dryRunRecipe(writeBare(model, tempFolder()), { ...resolved, choices });
    for (const { tensor, type } of choices) {
      if (/\s-|\s$/.test(tensor.name)) continue;
      expect([tensor.name, found.get(tensor.name)]).toEqual([tensor.name, type]);
    }
    expect(found.size).toBeGreaterThan(choices.length);
  });

  test('takes every type that a recipe may have', () => {
    const model = withTensors(...TARGET_TYPES.map((type) => `of_${type}.weight`));
    const resolved = resolveStock('Q8_0', bareHeader(model));
    const choices = resolved.choices.map((choice) => {
      const [, type] = /^of_(.+)\.weight$/.exec(choice.tensor.name) ?? [];
      return { ...choice, type: TARGET_TYPES.find((each) => each === type) ?? choice.type };
    });
    const found = dryRunRecipe(writeBare(model, tempFolder()), { ...resolved, choices });
    expect(TARGET_TYPES.map((type) => found.get(`of_${type}.weight`))).toEqual(TARGET_TYPES);
  });
});
