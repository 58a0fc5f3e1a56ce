import { expect, test } from 'vitest';
import type { PlannedTensor, QuantizationPlan } from '../../src/quantizer/planner/plan.js';
import { recipeSchema } from '../../src/quantizer/recipes/schema.js';
import { renderPlan } from '../../src/report/plan.js';
import { PLAIN } from '../../src/report/styles.js';

const tensor = (name: string, type: PlannedTensor['type'], sensitivity: number): PlannedTensor => ({
  ...{ name, type, sensitivity, error: 0.01, bytes: 1024, weights: 2000 },
});

const plan: QuantizationPlan = {
  resolution: { name: 'mine', fileType: 'Q4_K_M', choices: [] },
  recipe: recipeSchema.parse({ name: 'mine', fileType: 'Q4_K_M' }),
  tensors: [
    tensor('output.weight', 'Q6_K', 2),
    ...[0, 1, 2].map((layer) => tensor(`blk.${layer}.ffn_up.weight`, layer === 1 ? 'Q3_K' : 'Q4_K', 1)),
  ],
  size: { fileBytes: 5_000_000, tensorBytes: 4_000_000, bpw: 4.5678 },
  budgetBytes: 5_000_100,
  divergence: 0.05,
  sensitivity: 'measured',
  warnings: ['odd\u001b[31m'],
};

test('what it comes to, a row for each type of each class with its share, and the ends', () => {
  expect(renderPlan('model.gguf', plan, { width: 100, styles: PLAIN })).toBe(`mine for model.gguf

size         4.77 MiB (5,000,000 of 5,000,100 bytes)
bits/weight  4.57
base         Q4_K_M
sensitivity  measured in llama.cpp
divergence   0.0500 nats a token, predicted

tensors  type  layers      size  divergence
output   Q6_K          1.00 KiB      40.0 %
ffn_up   Q4_K  0, 2    2.00 KiB      40.0 %
ffn_up   Q3_K  1       1.00 KiB      20.0 %

               tensor               type  bits  sensitivity  error
most favoured  output.weight        Q6_K  6.56          2.0  0.010
               blk.0.ffn_up.weight  Q4_K  4.50          1.0  0.010
               blk.2.ffn_up.weight  Q4_K  4.50          1.0  0.010
               blk.1.ffn_up.weight  Q3_K  3.44          1.0  0.010
least          blk.1.ffn_up.weight  Q3_K  3.44          1.0  0.010
               blk.2.ffn_up.weight  Q4_K  4.50          1.0  0.010
               blk.0.ffn_up.weight  Q4_K  4.50          1.0  0.010
               output.weight        Q6_K  6.56          2.0  0.010

! odd\\u001b[31m
`);
});

test('what was not measured is no number of nats', () => {
  const text = renderPlan('model.gguf', { ...plan, sensitivity: 'expected' }, { width: 100, styles: PLAIN });
  expect(text).toContain('expected of class and depth');
  expect(text).not.toContain('nats');
});
