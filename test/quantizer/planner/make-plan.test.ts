import { describe, expect, test } from 'vitest';
import type { TensorTypeName } from '../../../src/gguf/tensor-types.js';
import { baseFileType, extremes } from '../../../src/quantizer/planner/describe-plan.js';
import { makePlan } from '../../../src/quantizer/planner/make-plan.js';
import type { Budget } from '../../../src/quantizer/planner/options.js';
import { plannedCandidates } from '../../../src/quantizer/planner/planned-candidates.js';
import { parseRecipe } from '../../../src/quantizer/recipes/read.js';
import { recipeText } from '../../../src/quantizer/recipes/recipe-text.js';
import { resolveRecipe } from '../../../src/quantizer/recipes/resolve.js';
import { bareHeader } from '../recipes/support/header-only.js';
import { llama } from '../recipes/support/shapes.js';

const header = bareHeader(llama({ layers: 4 }));
const candidates = plannedCandidates(header, undefined, {});

/** Four times the error for each bit less. */
const ERRORS = new Map<TensorTypeName, number>([
  ...([
    ['Q2_K', 0.07],
    ['Q3_K', 0.02],
    ['Q4_K', 0.005],
    ['Q5_K', 0.0012],
    ['Q6_K', 0.0003],
    ['Q8_0', 0.00003],
  ] as const),
  ['F16', 0],
]);
const errors = new Map(candidates.map(({ tensor }) => [tensor.name, ERRORS]));

function plan(budget: Budget, sensitivity: (name: string) => number = () => 1) {
  const sensitivities = { of: sensitivity, from: 'expected' as const, warnings: [] };
  return makePlan(header, { candidates, errors, sensitivities, hasImatrix: false }, { budget, seed: 1, name: 'mine' });
}

test('what matters gets bits, and the file keeps to its size', () => {
  const made = plan({ bpw: 4.5 }, (name) => (name.includes('attn_v') ? 100 : name.includes('ffn_up') ? 0.001 : 1));
  const typeOf = new Map(made.tensors.map(({ name, type }) => [name, type]));
  expect(typeOf.get('blk.0.attn_v.weight')).toBe('Q8_0');
  expect(typeOf.get('blk.3.ffn_up.weight')).toBe('Q2_K');
  expect(made.size.bpw).toBeLessThanOrEqual(4.5);
  expect(made.size.bpw).toBeGreaterThan(4.45);
  expect(made.divergence).toBeCloseTo(
    made.tensors.reduce((sum, each) => sum + each.error * each.sensitivity, 0),
    12,
  );
});

test('a size in bytes is that of the whole file', () => {
  const bytes = plan({ bpw: 5 }).size.fileBytes - 1;
  const smaller = plan({ fileBytes: bytes });
  expect(smaller.size.fileBytes).toBeLessThanOrEqual(bytes);
  expect(smaller.budgetBytes).toBe(bytes);
});

test('a budget that cannot be met names the least and the most', () => {
  const least = plan({ bpw: 3 });
  expect(() => plan({ fileBytes: 1000 })).toThrow(
    expect.objectContaining({
      code: 'bad-option',
      message: expect.stringMatching(
        /^no plan has at most 1000 bytes: .* the file has \d+ to \d+ bytes, 2\.\d+ to 1\d\.\d+ bits/,
      ),
    }),
  );
  const [, smallest = ''] = /has (\d+) to/.exec(messageOf(() => plan({ bpw: 1 }))) ?? [];
  expect(plan({ fileBytes: Number(smallest) }).size.fileBytes).toBe(Number(smallest));
  expect(least.size.fileBytes).toBeGreaterThan(Number(smallest));
});

describe('the recipe', () => {
  test('says the same as the plan, with reasons, and is read as it was written', () => {
    const made = plan({ bpw: 4.5 });
    const read = parseRecipe(recipeText(made.recipe, 'yaml'), 'plan.yaml');
    expect(read).toEqual(made.recipe);
    const resolved = resolveRecipe(read, header);
    expect(resolved.choices.map(({ tensor, type }) => [tensor.name, type])).toEqual(
      made.resolution.choices.map(({ tensor, type }) => [tensor.name, type]),
    );
    expect(read.plan).toMatchObject({ fileBytes: made.size.fileBytes, bpw: made.size.bpw, sensitivity: 'expected' });
    expect(read.plan?.most).toHaveLength(10);
    expect(Object.values(read.pins)[0]?.why).toMatch(/^sensitivity 1 × error /);
  });

  test('the base is named after what most weights have, and is one that takes overrides', () => {
    const tensor = (type: TensorTypeName, weights: number) => ({
      name: type,
      type,
      weights,
      bytes: 0,
      error: 0,
      sensitivity: 0,
    });
    expect(baseFileType([tensor('Q4_K', 10), tensor('Q6_K', 9), tensor('F16', 100)])).toBe('Q4_K_M');
    expect(baseFileType([tensor('IQ3_S', 10)])).toBe('IQ3_S');
    expect(baseFileType([tensor('F16', 10)])).toBe('Q8_0');
  });

  test('the ends are ordered by bits, then by what a weight matters', () => {
    const tensor = (name: string, type: TensorTypeName, sensitivity: number) => ({
      ...{ name, type, sensitivity },
      weights: 1,
      bytes: 0,
      error: 0,
    });
    const all = [tensor('a', 'Q4_K', 1), tensor('b', 'Q8_0', 1), tensor('c', 'Q4_K', 5)];
    expect(extremes(all).most.map(({ name }) => name)).toEqual(['b', 'c', 'a']);
    expect(extremes(all).least.map(({ name }) => name)).toEqual(['a', 'c', 'b']);
  });
});

function messageOf(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    return String(error);
  }
  return '';
}
