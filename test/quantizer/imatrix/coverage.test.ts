import { describe, expect, test } from 'vitest';
import type { Header } from '../../../src/gguf/model.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import type { TensorTypeName } from '../../../src/gguf/tensor-types.js';
import { type ImatrixProblem, imatrixProblems, severityOf } from '../../../src/quantizer/imatrix/coverage.js';
import { describeImatrixProblem } from '../../../src/quantizer/imatrix/describe-problem.js';
import { readImatrix } from '../../../src/quantizer/imatrix/imatrix.js';
import { scanEntries } from '../../../src/quantizer/imatrix/scan-entries.js';
import { isQuantizable } from '../../../src/quantizer/recipes/quantizable.js';
import { memorySource } from '../../../src/sources/memory.js';
import { gguf } from '../../support/gguf-builder.js';
import { ggufImatrix, type TestEntry } from '../support/imatrix.js';

/** Four layers: the third and the fourth share keys and values, the fourth predicts. Rows of 2, two experts. */
function model(): Header {
  const layers = [0, 1, 2, 3];
  const start = gguf()
    .metadata('general.architecture', { type: 'string', value: 'x' })
    .metadata('x.block_count', { type: 'uint32', value: 4 })
    .metadata('x.attention.shared_kv_layers', { type: 'uint32', value: 2 })
    .metadata('x.nextn_predict_layers', { type: 'uint32', value: 1 });
  const file = layers
    .reduce(
      (builder, layer) =>
        builder
          .tensor(`blk.${layer}.attn_k.weight`, 'F16', [2, 4])
          .tensor(`blk.${layer}.ffn_down_exps.weight`, 'F16', [2, 4, 2]),
      start,
    )
    .tensor('token_embd.weight', 'F16', [2, 8])
    .tensor('output.weight', 'F16', [2, 8]);
  return parseHeader(file.bytes());
}

const DENSE: TestEntry = { sums: [[1, 1]], counts: [1] };
const EXPERTS: TestEntry = {
  sums: [
    [1, 1],
    [1, 1],
  ],
  counts: [1, 1],
};

/** What llama-imatrix would have of the model. */
const COVERED: Readonly<Record<string, TestEntry>> = {
  'blk.0.attn_k.weight': DENSE,
  'blk.0.ffn_down_exps.weight': EXPERTS,
  'blk.1.attn_k.weight': DENSE,
  'blk.1.ffn_down_exps.weight': EXPERTS,
  'blk.2.ffn_down_exps.weight': EXPERTS,
};

/** The problems of a run that makes every tensor `type`, with their severities. */
async function problems(
  entries: Readonly<Record<string, TestEntry>>,
  type: TensorTypeName = 'Q4_0',
  fileType = 'Q4_0',
): Promise<readonly [severity: string, problem: ImatrixProblem][]> {
  const header = model();
  const source = memorySource(ggufImatrix(entries).bytes());
  const imatrix = await readImatrix(source);
  const choices = header.tensors.filter(isQuantizable).map((tensor) => ({ tensor, type, why: 'test' }));
  const found = imatrixProblems(imatrix, header, { choices, fileType }, await scanEntries(source, imatrix));
  return found.map((problem) => [severityOf(problem), problem]);
}

describe('tensors without data', () => {
  const UNSEEN = [
    ['blk.2.attn_k.weight', 'shared-kv'],
    ['blk.3.attn_k.weight', 'prediction'],
    ['blk.3.ffn_down_exps.weight', 'prediction'],
  ] as const;

  test('those that no imatrix has are named as such', async () => {
    const expected = [...UNSEEN, ['output.weight', 'output'] as const].map(([tensor, why]) => [
      why === 'prediction' ? 'worse' : 'note',
      { kind: 'no-data', tensor, type: 'Q4_0', why, isNeeded: false },
    ]);
    expect(await problems(COVERED)).toEqual(expected);
  });

  test.each([
    ['IQ2_XXS', 'Q4_0'],
    ['IQ3_XXS', 'Q4_0'],
    ['Q2_K', 'Q2_K_S'],
  ] as const)('%s in a %s file ends the run, but never because of embedding and output', async (type, fileType) => {
    const found = await problems(COVERED, type, fileType);
    const aborting = found.flatMap(([severity, problem]) =>
      severity === 'aborts' && problem.kind === 'no-data' ? [[problem.tensor, problem.why]] : [],
    );
    expect(aborting).toEqual(UNSEEN);
  });

  test('Q2_K in another file is only worse', async () => {
    const severities = (await problems(COVERED, 'Q2_K', 'Q2_K')).map(([severity]) => severity);
    expect(severities).not.toContain('aborts');
  });

  test.each(['Q8_0', 'BF16', 'MXFP4', 'F16'] as const)('%s needs nothing', async (type) => {
    expect(await problems(COVERED, type)).toEqual([]);
  });

  test('one that llama.cpp does use has no excuse', async () => {
    const { 'blk.1.attn_k.weight': _gone, ...rest } = COVERED;
    const found = await problems(rest);
    expect(found.find(([, problem]) => problem.kind === 'no-data' && problem.tensor === 'blk.1.attn_k.weight')).toEqual(
      ['worse', { kind: 'no-data', tensor: 'blk.1.attn_k.weight', type: 'Q4_0', why: 'unknown', isNeeded: false }],
    );
  });
});

/** The problems that the good imatrix does not have. */
async function added(entries: Readonly<Record<string, TestEntry>>, type: TensorTypeName = 'Q4_0') {
  const usual = (await problems(COVERED, type)).map((found) => JSON.stringify(found));
  return (await problems({ ...COVERED, ...entries }, type)).filter((found) => !usual.includes(JSON.stringify(found)));
}

test('an entry of another size ends the run, also for a type that would not use it', async () => {
  const entry: TestEntry = { sums: [[1, 1, 1]], counts: [1] };
  const size = { kind: 'size', tensor: 'blk.0.attn_k.weight', found: 3, expected: 2 };
  expect(await added({ 'blk.0.attn_k.weight': entry })).toEqual([['aborts', size]]);
  expect(await added({ 'blk.0.attn_k.weight': entry }, 'Q8_0')).toEqual([['aborts', size]]);
  expect(await added({ 'blk.0.attn_k.weight': entry }, 'F16')).toEqual([]);
});

test('an entry of another size for an embedding is no matter', async () => {
  expect(await added({ 'token_embd.weight': { sums: [[1, 1, 1]], counts: [1] } })).toEqual([
    ['note', { kind: 'size', tensor: 'token_embd.weight', found: 3, expected: 2 }],
  ]);
});

test('an entry of one expert only is one of another size', async () => {
  expect(await added({ 'blk.0.ffn_down_exps.weight': DENSE })).toEqual([
    ['aborts', { kind: 'size', tensor: 'blk.0.ffn_down_exps.weight', found: 2, expected: 4 }],
  ]);
});

test('experts that no token reached are named', async () => {
  const starved: TestEntry = { ...EXPERTS, counts: [1, 0] };
  expect(await added({ 'blk.0.ffn_down_exps.weight': starved })).toEqual([
    ['worse', { kind: 'uncounted', tensor: 'blk.0.ffn_down_exps.weight', count: 1, of: 2, first: [1] }],
  ]);
});

test('a weight that is no number ends the run wherever it stands', async () => {
  const bad: TestEntry = { sums: [[1, Number.NaN]], counts: [1] };
  expect(await added({ stranger: bad })).toEqual([
    ['aborts', { kind: 'non-finite', tensor: 'stranger', matrix: 0, column: 1, value: Number.NaN }],
    ['note', { kind: 'unmatched', entries: ['stranger'], of: 6 }],
  ]);
});

test('an imatrix of quite another model costs quality', async () => {
  const found = await problems({ 'layers.0.q': DENSE, 'layers.1.q': DENSE });
  expect(found.at(-1)).toEqual(['worse', { kind: 'unmatched', entries: ['layers.0.q', 'layers.1.q'], of: 2 }]);
});

test('a problem in words names the tensor and is safe to print', () => {
  const tensor = 'blk.0.\u001b[31m';
  const all: ImatrixProblem[] = [
    { kind: 'non-finite', tensor, matrix: 2, column: 7, value: Number.NaN },
    { kind: 'size', tensor, found: 3, expected: 2 },
    { kind: 'no-data', tensor, type: 'IQ2_XXS', why: 'shared-kv', isNeeded: true },
    { kind: 'no-data', tensor, type: 'Q4_K', why: 'unknown', isNeeded: false },
    { kind: 'uncounted', tensor, count: 30, of: 128, first: [1, 2] },
    { kind: 'uncounted', tensor, count: 1, of: 1, first: [0] },
    { kind: 'unmatched', entries: [tensor], of: 5 },
    { kind: 'unmatched', entries: [tensor], of: 1 },
  ];
  expect(all.map(describeImatrixProblem)).toEqual([
    "the weight of column 7 of matrix 2 of 'blk.0.\\u001b[31m' is NaN, expected a finite number: llama-quantize refuses the imatrix",
    "the imatrix has 3 values of 'blk.0.\\u001b[31m', expected 2: it was made from another model",
    "the imatrix has nothing of 'blk.0.\\u001b[31m', whose layer uses keys and values of an earlier one, so that llama.cpp never reads it: llama-quantize makes no IQ2_XXS without",
    "the imatrix has nothing of 'blk.0.\\u001b[31m': it becomes Q4_K without",
    "no token reached 30 of 128 matrices of 'blk.0.\\u001b[31m' (1, 2 …): all their columns count the same",
    "no token reached 'blk.0.\\u001b[31m': all its columns count the same",
    "the model lacks 1 of the 5 tensors of the imatrix, such as 'blk.0.\\u001b[31m'",
    "the model has none of the 1 tensors of the imatrix, such as 'blk.0.\\u001b[31m'",
  ]);
});
