import { expect, test } from 'vitest';
import type { ImatrixProblem } from '../../../src/quantizer/imatrix/coverage.js';
import { describeImatrixProblem } from '../../../src/quantizer/imatrix/describe-problem.js';

const tensor = 'blk.0.\u001b[31m';

test.each<[ImatrixProblem, string]>([
  [
    { kind: 'non-finite', tensor, matrix: 2, column: 7, value: Number.NaN },
    "the weight of column 7 of matrix 2 of 'blk.0.\\u001b[31m' is NaN, expected a finite number: llama-quantize refuses the imatrix",
  ],
  [
    { kind: 'size', tensor, found: 3, expected: 2 },
    "the imatrix has 3 values of 'blk.0.\\u001b[31m', expected 2: it was made from another model",
  ],
  [
    { kind: 'no-data', tensors: [tensor], type: 'IQ2_XXS', why: 'shared-kv', isNeeded: true },
    "the imatrix has nothing of 'blk.0.\\u001b[31m', keys and values of a layer that uses those of an earlier one, so that llama.cpp never reads them: llama-quantize makes no IQ2_XXS without",
  ],
  [
    { kind: 'no-data', tensors: ['a', 'b', 'c', 'd'], type: 'Q4_K', why: 'unknown', isNeeded: false },
    "the imatrix has nothing of 4 tensors ('a', 'b', 'c' …): they become Q4_K without",
  ],
  [
    { kind: 'no-data', tensors: ['a'], why: 'unknown', isNeeded: false },
    "the imatrix has nothing of 'a': it cannot become IQ1_S, IQ1_M, IQ2_XXS, IQ2_XS, IQ2_S, IQ3_XXS",
  ],
  [
    { kind: 'no-data', tensors: ['output.weight'], why: 'output', isNeeded: false },
    "the imatrix has nothing of 'output.weight', which llama-imatrix leaves out unless --process-output is given: it can only be quantized without",
  ],
  [
    { kind: 'uncounted', tensor, count: 30, of: 128, first: [1, 2] },
    "no token reached 30 of 128 matrices of 'blk.0.\\u001b[31m' (1, 2 …): all their columns count the same",
  ],
  [
    { kind: 'uncounted', tensor, count: 1, of: 1, first: [0] },
    "no token reached 'blk.0.\\u001b[31m': all its columns count the same",
  ],
  [
    { kind: 'unmatched', entries: [tensor], of: 5 },
    "the model lacks 1 of the 5 tensors of the imatrix, such as 'blk.0.\\u001b[31m'",
  ],
  [
    { kind: 'unmatched', entries: [tensor], of: 1 },
    "the model has no tensor of the imatrix, such as 'blk.0.\\u001b[31m'",
  ],
])('%o', (problem, words) => {
  expect(describeImatrixProblem(problem)).toBe(words);
});
