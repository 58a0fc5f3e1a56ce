import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isGgufError } from '../../../src/errors.js';
import { MAX_PATTERN_CHARACTERS, MAX_RECIPE_BYTES, MAX_RECIPE_RULES } from '../../../src/limits.js';
import { parseRecipe, readRecipe } from '../../../src/quantizer/recipes/read.js';
import { resolveRecipe } from '../../../src/quantizer/recipes/resolve.js';
import { tempFile } from '../../support/temp.js';
import { bareHeader } from './support/header-only.js';
import { llama } from './support/shapes.js';

/** The problems of a recipe, without the file's name. */
function problemsOf(text: string): string[] {
  try {
    parseRecipe(text, 'r.yaml');
  } catch (error) {
    if (isGgufError(error, 'bad-option')) return error.details.problems.map((line) => line.replace(/^r\.yaml:/, ''));
    throw error;
  }
  return [];
}

const WHOLE = `
name: mine
description: For tests.
fileType: q4_k
rules:
  - tensors: token_embd
    when: tied
    type: Q6_K
    why: It is the output too.
  - tensors: [attn_k, attn_v]
    layers: [kv-shared, 0, -1, {from: 0.4, to: 0.6}, {start: 2, share: 0.125}]
    when: [dense, untied]
    type: q2_K
    why: Never used.
  - pattern: blk.*.ffn_down.weight
    layers: last
    type: iq4_xs
    why: Last.
pins:
  output.weight: q8_0
  blk.0.attn_q.weight: {type: bf16, why: Because.}
ties:
  - [attn_k, attn_v]
`;

const RECIPE = {
  name: 'mine',
  description: 'For tests.',
  fileType: 'Q4_K_M',
  rules: [
    { tensors: ['token_embd'], when: ['tied'], type: 'Q6_K', why: 'It is the output too.' },
    {
      tensors: ['attn_k', 'attn_v'],
      layers: ['kv-shared', 0, -1, { from: 0.4, to: 0.6 }, { start: 2, share: 0.125 }],
      when: ['dense', 'untied'],
      type: 'Q2_K',
      why: 'Never used.',
    },
    { pattern: 'blk.*.ffn_down.weight', layers: ['last'], type: 'IQ4_XS', why: 'Last.' },
  ],
  pins: { 'output.weight': { type: 'Q8_0' }, 'blk.0.attn_q.weight': { type: 'BF16', why: 'Because.' } },
  ties: [['attn_k', 'attn_v']],
};

test('a whole recipe, from YAML and from JSON', async () => {
  expect(parseRecipe(WHOLE, 'r.yaml')).toEqual(RECIPE);
  expect(await readRecipe(tempFile(Buffer.from(WHOLE), 'r.yaml'))).toEqual(RECIPE);
  expect(parseRecipe(JSON.stringify({ $schema: 'recipe.json', ...RECIPE }), 'r.json')).toMatchObject(RECIPE);
});

test('the recipe of the documentation', () => {
  const [, text = ''] = /```yaml\n([\s\S]*?)```/.exec(readFileSync('docs/recipes.md', 'utf8')) ?? [];
  const recipe = parseRecipe(text, 'docs/recipes.md');
  const pins = { 'blk.0.attn_q.weight': { type: 'BF16' }, 'output.weight': { type: 'Q8_0', why: 'asked for' } };
  expect(recipe).toMatchObject({ name: 'mine', fileType: 'Q4_K_M', pins });
  expect(resolveRecipe(recipe, bareHeader(llama({ layers: 20 }))).warnings).toEqual([
    'rule 2 (attn_k, attn_v in kv-shared) matches no tensor that llama-quantize quantizes',
  ]);
});

test('the least that a recipe says', () => {
  expect(parseRecipe('{name: x, fileType: Q8_0}', 'r.yaml')).toEqual({
    name: 'x',
    fileType: 'Q8_0',
    rules: [],
    pins: {},
    ties: [],
  });
});

describe('a problem names line and column', () => {
  const rule = (text: string): string => `name: x\nfileType: Q4_K\nrules:\n  - ${text}`;
  test.each([
    ['', '1:1: name: Invalid input: expected string, received undefined'],
    ['name: x\nfiletype: Q4_K', "2:1: unknown key 'filetype', did you mean 'fileType'?"],
    ['name: x\nfileType: q4_k_x', "2:11: fileType: no file type is called 'q4_k_x', did you mean 'Q4_K_S'?"],
    ['name: x\nfileType: bf16', '2:11: fileType: llama-quantize ignores all types of tensors for F32, F16 and BF16'],
    [
      rule('{tensors: atn_q, type: q4_K, why: y}'),
      "4:15: rules.0.tensors: no tensor class is called 'atn_q', did you mean 'attn_q'?",
    ],
    [rule('{tensors: [attn_q, ffn], type: q4_K, why: y}'), "4:24: rules.0.tensors.1: no tensor class is called 'ffn'"],
    [
      rule('{tensors: attn_q, type: q4_k_m, why: y}'),
      "4:29: rules.0.type: no tensor type is called 'q4_k_m', did you mean 'Q4_K'?",
    ],
    [
      rule('{tensors: attn_q, type: q8_1, why: y}'),
      "4:29: rules.0.type: no tensor type is called 'q8_1', did you mean 'Q4_1'?",
    ],
    [rule('{tensors: attn_q, type: q4_K}'), '4:5: rules.0.why: Invalid input: expected string, received undefined'],
    [rule('{type: q4_K, why: y}'), '4:5: rules.0: a rule needs either tensors or a pattern'],
    [
      rule('{tensors: attn_q, pattern: "*", type: q4_K, why: y}'),
      '4:5: rules.0: a rule needs either tensors or a pattern',
    ],
    [
      rule('{tensors: attn_q, layers: {from: 0, to: 2}, type: q4_K, why: y}'),
      '4:45: rules.0.layers.to: Too big: expected number to be <=1',
    ],
    [
      rule('{tensors: attn_q, layers: [{fro: 0}], type: q4_K, why: y}'),
      '4:32: rules.0.layers.0: expected a layer number, first, last, kv-shared, predicting, {from, to} or {start, share}',
    ],
    ['name: x\nfileType: Q4_K\npins: {a: q9}', "3:11: pins.a: no tensor type is called 'q9'"],
    ['name: x\nfileType: Q4_K\npins: {a: {type: q9}}', "3:18: pins.a.type: no tensor type is called 'q9'"],
    ['name: x\nfileType: Q4_K\nties: [[attn_q]]', '3:8: ties.0: Too small: expected array to have >=2 items'],
  ])('%j', (text, problem) => {
    expect(problemsOf(text)).toContain(problem);
  });
});

describe('limits', () => {
  test('rules, patterns and bytes', async () => {
    const rules = `name: x\nfileType: Q8_0\nrules: [${'{tensors: ssm, type: q8_0, why: y},'.repeat(MAX_RECIPE_RULES + 1)}]`;
    expect(problemsOf(rules)).toEqual([expect.stringContaining(`expected array to have <=${MAX_RECIPE_RULES} items`)]);
    const pattern = '*'.repeat(MAX_PATTERN_CHARACTERS + 1);
    const long = `name: x\nfileType: Q8_0\nrules: [{pattern: "${pattern}", type: q8_0, why: y}]`;
    expect(problemsOf(long)).toEqual([expect.stringContaining(`<=${MAX_PATTERN_CHARACTERS} characters`)]);
    const file = tempFile(Buffer.alloc(MAX_RECIPE_BYTES + 1, '#'), 'r.yaml');
    await expect(readRecipe(file)).rejects.toMatchObject({ code: 'bad-option' });
  });

  test('a recipe of pins as long as a file may be is read in reasonable time', () => {
    const count = 15_000;
    const pins = Array.from({ length: count }, (_, i) => `  blk.${i % 500}.ffn_down_exps.${i}.weight: q4_K`);
    const text = ['name: x', 'fileType: Q4_K', 'pins:', ...pins].join('\n');
    expect(text.length).toBeLessThan(MAX_RECIPE_BYTES);
    expect(Object.keys(parseRecipe(text, 'r.yaml').pins)).toHaveLength(count);
  });
});

test('a file that is not there', async () => {
  await expect(readRecipe('/nowhere/r.yaml')).rejects.toMatchObject({ code: 'source-unreadable' });
});
