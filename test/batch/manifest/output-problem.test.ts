import { expect, test } from 'vitest';
import { outputProblem } from '../../../src/batch/manifest/output-problem.js';

test.each([
  [{}, 'an output says how it is made, with one of type, recipe, like, size, bpw, requantize, fix'],
  [{ type: 'Q8_0', bpw: 4 }, 'an output is made in one way, and this one has type and bpw'],
  [{ bpw: 4, asIs: true }, 'asIs is for type'],
  [{ type: 'Q8_0', inPlace: true }, 'inPlace is for fix'],
  [{ fix: 'safe', allowRequantize: true }, 'allowRequantize is for outputs that quantize a whole model'],
  [{ fix: 'safe', imatrix: true }, 'imatrix is for outputs that quantize a whole model'],
  [{ requantize: { a: 'Q8_0' }, tensors: { b: 'F16' } }, 'tensors belongs into requantize itself'],
  [{ fix: 'safe', inPlace: true, name: 'x' }, 'name means nothing in place: the model itself is changed'],
  [{ fix: 'safe', inPlace: true, split: 5 }, 'split means nothing in place: the model itself is changed'],
  [{ fix: 'safe', inPlace: true, existing: 'keep' }, 'existing means nothing in place: the model itself is changed'],
  [{ fix: 'safe', inPlace: true, evaluate: true }, 'evaluate means nothing in place: the model itself is changed'],
  [
    { type: 'BF16', tensors: { a: 'Q8_0' } },
    'tensors cannot be had with BF16: llama-quantize makes all tensors of such a file alike',
  ],
  [
    { requantize: { a: 'Q8_0', b: 'Q4_K' } },
    'b cannot become Q4_K: ggufix itself writes F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0',
  ],
  [
    { fix: 'unsafe', tensors: { b: 'Q4_K' } },
    'b cannot become Q4_K: ggufix itself writes F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0',
  ],
] as const)('%j', (output, problem) => {
  expect(outputProblem(output)).toBe(problem);
});

test.each([
  { type: 'Q8_0', asIs: true, tensors: { a: 'Q4_K' } },
  { recipe: 'x.yaml', imatrix: true, allowRequantize: true },
  { fix: 'unsafe', inPlace: true, imatrix: false, evaluate: false, tensors: { a: 'Q8_0' }, set: { a: 1 } },
  { fix: 'safe', inPlace: false, name: 'x', split: 5, existing: 'keep', evaluate: true },
  { requantize: { a: 'Q5_1' }, evaluate: true },
] as const)('nothing is wrong with %j', (output) => {
  expect(outputProblem(output)).toBeUndefined();
});
