import { expect, test } from 'vitest';
import { quantLabel } from '../../../src/checks/naming/quant-label.js';
import type { TensorTypeName } from '../../../src/gguf/tensor-types.js';
import { cleanFile, findingsWith } from '../rule-test.js';

const model = (type: TensorTypeName) => cleanFile().tensor('blk.0.ffn_up.weight', type, [256, 8]);

test.each<[string, TensorTypeName]>([
  ['model-Q4_K_M.gguf', 'Q4_K'],
  ['model.q4_k_m.gguf', 'Q4_K'],
  ['model-UD-Q4_K_XL.gguf', 'Q4_K'],
  ['model-UD-Q8_K_XL.gguf', 'Q8_0'],
  ['model-IQ3_M.gguf', 'IQ3_S'],
  ['model-IQ2_S.gguf', 'IQ2_XS'],
  ['gemma-F16-distill-Q6_K.gguf', 'Q6_K'],
  ['model.gguf', 'F16'],
  ['model-Q4_K_M-00001-of-00002.gguf', 'F16'],
])('accepts %s with %s', (name, type) => {
  expect(findingsWith(quantLabel, model(type), { name })).toEqual([]);
});

test('finds a label that no tensor bears out', () => {
  expect(findingsWith(quantLabel, model('F16'), { name: 'model-Q4_K_M.gguf' })).toMatchObject([
    { severity: 'info', message: 'the name says Q4_K_M, but no tensor is of that type; most weights are F16' },
  ]);
});
