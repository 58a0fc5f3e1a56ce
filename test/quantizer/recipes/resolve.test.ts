import { describe, expect, test } from 'vitest';
import { compareDryRun } from '../../../src/quantizer/recipes/compare-dry-run.js';
import { parseRecipe } from '../../../src/quantizer/recipes/read.js';
import { resolveRecipe } from '../../../src/quantizer/recipes/resolve.js';
import { resolveStock } from '../../../src/quantizer/recipes/stock.js';
import { describeWithTools } from '../../support/llama-tools.js';
import { tempFolder } from '../../support/temp.js';
import { dryRunRecipe } from './support/dry-run.js';
import { type BareModel, bareHeader, writeBare } from './support/header-only.js';
import { llama } from './support/shapes.js';

/** What a recipe with this text comes to for a model: `TYPE: why` by tensor name. */
function resolve(text: string, model: BareModel = llama({ layers: 4 })) {
  const resolution = resolveRecipe(parseRecipe(`name: x\nfileType: Q4_K_M\n${text}`, 'r.yaml'), bareHeader(model));
  const choices = Object.fromEntries(
    resolution.choices.map(({ tensor, type, why }) => [tensor.name, `${type}: ${why}`]),
  );
  return { choices, warnings: resolution.warnings };
}

test('an empty recipe is the stock mixture', () => {
  const header = bareHeader(llama({ layers: 9 }));
  const { choices } = resolveRecipe(parseRecipe('name: x\nfileType: IQ3_XXS', 'r.yaml'), header);
  expect(choices).toEqual(resolveStock('IQ3_XXS', header).choices);
  const { choices: withImatrix } = resolveRecipe(parseRecipe('name: x\nfileType: IQ3_XXS', 'r.yaml'), header, {
    imatrix: true,
  });
  expect(withImatrix).toEqual(resolveStock('IQ3_XXS', header, { imatrix: true }).choices);
});

test('every quantizable tensor has a choice, in file order, and no other has one', () => {
  const header = bareHeader(llama({ layers: 2, experts: 4 }));
  const { choices } = resolveRecipe(parseRecipe('name: x\nfileType: Q4_K', 'r.yaml'), header);
  const untouched = [
    'output_norm.weight',
    ...[0, 1].flatMap((i) => ['ffn_gate_inp', 'attn_norm', 'ffn_norm'].map((part) => `blk.${i}.${part}.weight`)),
  ];
  expect(choices.map(({ tensor }) => tensor)).toEqual(header.tensors.filter(({ name }) => !untouched.includes(name)));
});

test('pins count more than rules, of rules the first, and the base for the rest without a shift of its counters', () => {
  const { choices } = resolve(
    `
rules:
  - {tensors: ffn_down, layers: [0, 1], type: q3_K, why: early}
  - {tensors: [ffn_down, ffn_up], layers: 1, type: q2_K, why: second}
pins: {blk.1.ffn_up.weight: q8_0}
`,
    llama({ layers: 16 }),
  );
  expect(choices).toMatchObject({
    'blk.0.ffn_down.weight': 'Q3_K: early',
    'blk.1.ffn_down.weight': 'Q3_K: early',
    'blk.1.ffn_up.weight': 'Q8_0: pinned',
    'blk.2.ffn_up.weight': 'Q4_K: as in stock Q4_K_M',
  });
  const raised = Object.entries(choices).filter(([name, text]) => /ffn_down/.test(name) && text.startsWith('Q6_K'));
  // llama-quantize itself would raise 2, 5, 8 … where the first two are overridden: its counter starts at them.
  expect(raised.map(([name]) => Number(/\d+/.exec(name)))).toEqual([4, 7, 10, 13, 14, 15]);
});

test('patterns are whole names', () => {
  const { choices } = resolve(`
rules:
  - {pattern: output, type: q8_0, why: no tensor is called that}
  - {pattern: "blk.1.*_?.weight", type: q5_K, why: these}
`);
  expect(choices['output.weight']).toBe('Q6_K: as in stock Q4_K_M');
  const hit = Object.keys(choices).filter((name) => choices[name]?.startsWith('Q5_K'));
  expect(hit).toEqual(['q', 'k', 'v'].map((part) => `blk.1.attn_${part}.weight`));
});

test('conditions on the model', () => {
  const text = `
forAnyModel: true
rules:
  - {tensors: attn_q, when: experts, type: q8_0, why: experts}
  - {tensors: attn_q, when: [dense, tied], type: q6_K, why: dense and tied}
  - {tensors: attn_q, when: untied, type: q5_K, why: untied}
`;
  const query = (model: BareModel) => resolve(text, model).choices['blk.0.attn_q.weight'];
  expect(query(llama({ layers: 1, experts: 2 }))).toBe('Q8_0: experts');
  expect(query(llama({ layers: 1, isTied: true }))).toBe('Q6_K: dense and tied');
  expect(query(llama({ layers: 1 }))).toBe('Q5_K: untied');
});

describe('ties', () => {
  test('give one type to each layer, that with the most bits', () => {
    const { choices } = resolve(`
rules:
  - {tensors: attn_k, layers: 0, type: q8_0, why: first}
ties: [[attn_k, attn_v, attn_q]]
`);
    expect(choices['blk.0.attn_q.weight']).toBe('Q8_0: tied to blk.0.attn_k.weight: first');
    expect(choices['blk.1.attn_k.weight']).toBe('Q4_K: as in stock Q4_K_M');
    expect(choices['blk.3.attn_k.weight']).toBe('Q6_K: tied to blk.3.attn_v.weight: as in stock Q4_K_M');
  });

  test('follow a pin, also to fewer bits', () => {
    const { choices } = resolve('pins: {blk.3.attn_k.weight: q2_K}\nties: [[attn_k, attn_v]]');
    expect(choices['blk.3.attn_v.weight']).toBe('Q2_K: tied to blk.3.attn_k.weight: pinned');
  });

  test('cannot follow two', () => {
    const pins = 'pins: {blk.3.attn_k.weight: q2_K, blk.3.attn_v.weight: q3_K}';
    expect(() => resolve(`${pins}\nties: [[attn_k, attn_v]]`)).toThrow(
      "'blk.3.attn_k.weight' is pinned to Q2_K and 'blk.3.attn_v.weight' to Q3_K, but the recipe ties them",
    );
  });
});

test('rows that do not fit get the type that llama-quantize would fall back to', () => {
  const { choices } = resolve(
    'rules: [{tensors: ffn_down, layers: 0, type: iq2_xxs, why: small}]',
    llama({ layers: 4, feedForward: 1376 }),
  );
  expect(choices['blk.0.ffn_down.weight']).toBe(
    "IQ4_NL: small; IQ4_NL because rows of 1376 are no multiple of IQ2_XXS's 256",
  );
  expect(choices['blk.1.ffn_down.weight']).toMatch(/^Q5_0: as in stock Q4_K_M; Q5_0 because/);
});

describe('what is odd is said', () => {
  test('a rule that matches nothing, and one that comes too late', () => {
    const { warnings } = resolve(`
rules:
  - {tensors: ssm, type: q8_0, why: x}
  - {tensors: attn_q, type: q8_0, why: x}
  - {pattern: "*.attn_q.weight", layers: [last, {from: 0, to: 1}], type: q6_K, why: x}
  - {pattern: output_norm.weight, type: f16, why: x}
  - {tensors: attn_k, when: experts, type: q8_0, why: not for this model}
`);
    expect(warnings).toEqual([
      'rule 1 (ssm) matches no tensor that llama-quantize quantizes',
      'rule 3 (*.attn_q.weight in last, {"from":0,"to":1}) decides nothing: pins and rules before it take all its tensors',
      'rule 4 (output_norm.weight) matches no tensor that llama-quantize quantizes',
    ]);
  });

  test('not of a recipe for any model', () => {
    expect(resolve('forAnyModel: true\nrules: [{tensors: ssm, type: q8_0, why: x}]').warnings).toEqual([]);
  });

  test('pins of tensors that are not there, or are not quantized, are errors', () => {
    expect(() => resolve('pins: {output_norm.weight: q8_0, blk.9.attn_q.weight: q8_0, toString: q8_0}')).toThrow(
      [
        "pin 'output_norm.weight': llama-quantize never changes the type of this tensor",
        "pin 'blk.9.attn_q.weight': the model has no such tensor",
        "pin 'toString': the model has no such tensor",
      ].join('\n'),
    );
  });

  test('a name that ggml refuses', () => {
    const model = llama({ layers: 1 });
    const long = { name: `${'x'.repeat(60)}.weight`, type: 'F16', dims: [32, 2] } as const;
    expect(() => resolve('', { ...model, tensors: [...model.tensors, long] })).toThrow(
      /has a name of 67 characters, expected at most 63$/,
    );
  });
});

test('more patterns and tensors than any model and recipe have are refused, before they take time', () => {
  const model = llama({ layers: 1 });
  const many = Array.from({ length: 3000 }, (_, i) => ({ name: `a${i}.weight`, type: 'F16', dims: [32, 2] }) as const);
  const rules = Array.from({ length: 256 }, () => '  - {pattern: "*a*a*", type: q8_0, why: x}').join('\n');
  expect(() => resolve(`rules:\n${rules}`, { ...model, tensors: [...model.tensors, ...many] })).toThrow(
    /^the number of patterns times tensors is 770304, expected at most 524288$/,
  );
});

describeWithTools('the real llama-quantize', ['llama-quantize'], () => {
  test('makes of a recipe what it comes to, on a model with rows of all kinds', () => {
    const model = llama({ layers: 16, width: 288, feedForward: 1376, heads: 4, kvHeads: 4 });
    const header = bareHeader(model);
    const file = writeBare(model, tempFolder());
    const text = `
name: x
fileType: Q4_K_M
rules:
  - {tensors: ffn_down, layers: {from: 0, to: 0.3}, type: iq2_xxs, why: x}
  - {tensors: attn_q, layers: first, type: tq1_0, why: x}
  - {tensors: attn_v, type: q8_0, why: x}
  - {tensors: output, type: f32, why: x}
pins: {blk.7.ffn_up.weight: mxfp4}
`;
    const resolved = resolveRecipe(parseRecipe(text, 'r.yaml'), header);
    expect(compareDryRun(resolved, dryRunRecipe(file, resolved))).toEqual([]);
  });
});
