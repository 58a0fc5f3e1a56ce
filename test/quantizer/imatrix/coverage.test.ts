import { describe, expect, test } from 'vitest';
import type { Header } from '../../../src/gguf/model.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import type { TensorTypeName } from '../../../src/gguf/tensor-types.js';
import { type ImatrixProblem, imatrixProblems, severityOf } from '../../../src/quantizer/imatrix/coverage.js';
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
  const SHARED = ['blk.2.attn_k.weight'];
  const PREDICTING = ['blk.3.attn_k.weight', 'blk.3.ffn_down_exps.weight'];
  const lacking = { kind: 'no-data', isNeeded: false } as const;

  test('those that no imatrix has are named as such', async () => {
    expect(await problems(COVERED)).toEqual([
      ['note', { ...lacking, tensors: SHARED, type: 'Q4_0', why: 'shared-kv' }],
      ['worse', { ...lacking, tensors: PREDICTING, type: 'Q4_0', why: 'prediction' }],
      ['note', { ...lacking, tensors: ['output.weight'], type: 'Q4_0', why: 'output' }],
    ]);
  });

  test.each([
    ['IQ2_XXS', 'Q4_0'],
    ['IQ3_XXS', 'Q4_0'],
    ['Q2_K', 'Q2_K_S'],
  ] as const)('%s in a %s file ends the run, but never because of embedding and output', async (type, fileType) => {
    const found = await problems(COVERED, type, fileType);
    expect(found.filter(([severity]) => severity === 'aborts')).toEqual([
      ['aborts', { ...lacking, isNeeded: true, tensors: SHARED, type, why: 'shared-kv' }],
      ['aborts', { ...lacking, isNeeded: true, tensors: PREDICTING, type, why: 'prediction' }],
    ]);
  });

  test('without a recipe nothing is said to end a run that may not', async () => {
    const imatrix = await readImatrix(memorySource(ggufImatrix(COVERED).bytes()));
    const found = imatrixProblems(imatrix, model(), undefined);
    expect(found.map((problem) => [severityOf(problem), problem])).toEqual([
      ['note', { ...lacking, tensors: SHARED, why: 'shared-kv' }],
      ['worse', { ...lacking, tensors: PREDICTING, why: 'prediction' }],
      ['note', { ...lacking, tensors: ['output.weight'], why: 'output' }],
    ]);
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
    expect(await problems(rest)).toContainEqual([
      'worse',
      { ...lacking, tensors: ['blk.1.attn_k.weight'], type: 'Q4_0', why: 'unknown' },
    ]);
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
