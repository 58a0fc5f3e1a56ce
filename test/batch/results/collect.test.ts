import { expect, test } from 'vitest';
import { collectResults } from '../../../src/batch/results/collect.js';
import { EVALUATION, fixedInPlace, planOf, sha, stateOf, statesOf, surveyedModel, surveyedOutput } from './support.js';

const LAYOUT = { root: '/batch/out' };

test('what the steps of an output left is put together', () => {
  const plan = planOf([surveyedModel([surveyedOutput('Q4_K_M')])]);
  const check = { verdict: 'pass' as const, errors: 0, warnings: 1, findings: [] };
  const files = [{ path: 'model-Q4_K_M.gguf', bytes: 990, sha256: sha('b') }];
  const recipe = { name: 'Q4_K_M', sha256: sha('c') };
  const states = statesOf(plan, {
    'source of models/model.gguf': stateOf('done', { source: { sourceHash: sha('d') } }),
    'model-Q4_K_M.gguf': stateOf('done', {
      publish: { files },
      evaluate: { evaluation: EVALUATION },
      check: { check },
      // Names that are none of a result.
      make: {
        files: [{ path: 'unfinished', bytes: 5 }],
        bytes: 5,
        bpw: 4.5,
        type: 'Q4_K_M',
        recipe,
        engine: 'e 1',
        notes: ['n'],
      },
      fix: { bytes: 990, changes: ['key set'], notes: ['m'] },
    }),
  });
  const [model] = collectResults(plan, states, LAYOUT).models;
  expect(model).toMatchObject({ model: 'models/model.gguf', bytes: 4096, sha256: sha('d') });
  expect(model?.outputs).toEqual([
    {
      label: 'Q4_K_M',
      path: 'model-Q4_K_M.gguf',
      isInPlace: false,
      status: 'done',
      files,
      bytes: 990,
      bpw: 4.5,
      type: 'Q4_K_M',
      recipe,
      engine: 'e 1',
      sidecar: 'model-Q4_K_M.recipe.json',
      check,
      evaluation: EVALUATION,
      changes: ['key set'],
      notes: ['n', 'm'],
      seconds: 1.23456,
    },
  ]);
});

test('what is not done has no files, and says why', () => {
  const names = ['A', 'B', 'C', 'D'];
  const plan = planOf([surveyedModel(names.map((name) => surveyedOutput(name)))]);
  const error = { code: 'non-finite-weight', message: 'NaN in x' };
  const states = statesOf(plan, {
    'source of models/model.gguf': stateOf('failed', {}, { error }),
    'model-A.gguf': stateOf('blocked', {}, { by: 'source of models/model.gguf' }),
    'model-B.gguf': stateOf('failed', { make: { files: [{ path: 'x', bytes: 1 }] } }, { error }),
    'model-C.gguf': stateOf('skipped'),
    'model-D.gguf': stateOf('waiting'),
  });
  const [model] = collectResults(plan, states, LAYOUT).models;
  expect(model?.outputs.map(({ status, files, error: why, blockedBy }) => [status, files, why, blockedBy])).toEqual([
    ['blocked', [], error, 'source of models/model.gguf'],
    ['failed', [], error, undefined],
    ['skipped', [], undefined, undefined],
    ['open', [], undefined, undefined],
  ]);
});

test('what is fixed in place is seen from the output folder, wherever that is', () => {
  const file = '/batch/models/model.gguf';
  const plan = planOf([surveyedModel([fixedInPlace(file, 10)])]);
  const hash = { files: [{ path: file, bytes: 10, sha256: sha('e') }] };
  const states = statesOf(plan, {
    'fix of models/model.gguf': stateOf('done', { fix: { changes: ['a'], bytes: 10 }, hash }),
  });
  const [output] = collectResults(plan, states, LAYOUT).models.flatMap(({ outputs }) => outputs);
  expect(output).toMatchObject({ isInPlace: true, path: '../models/model.gguf', changes: ['a'] });
  expect(output?.files).toEqual([{ path: '../models/model.gguf', bytes: 10, sha256: sha('e') }]);
  expect(output).not.toHaveProperty('sidecar');
});

test('what was made as it is has no recipe beside it', () => {
  const plan = planOf([surveyedModel([surveyedOutput('F16')])]);
  const make = { type: 'F16', recipe: { name: 'F16', sha256: sha('c') } };
  const states = statesOf(plan, { 'model-F16.gguf': stateOf('done', { make }) });
  expect(collectResults(plan, states, LAYOUT).models[0]?.outputs[0]).not.toHaveProperty('sidecar');
});

test('a model that cannot be read is there with its problem', () => {
  const problem = { code: 'header-unreadable', message: 'it is cut' };
  const plan = planOf([surveyedModel([], { problem })]);
  const { models } = collectResults(plan, statesOf(plan, {}), LAYOUT);
  expect(models).toEqual([{ model: 'models/model.gguf', bytes: 4096, problem, outputs: [] }]);
});

test('the imatrix that was made is a result', () => {
  const text = { text: '/batch/cal.txt', identity: 't' };
  const wanted = { ...surveyedOutput('Q4_K_M').wanted, imatrix: true };
  const model = surveyedModel([surveyedOutput('Q4_K_M', { wanted })], {
    imatrix: { kind: 'make', path: 'model.imatrix.gguf', ...text },
    evaluation: { ...text, scoresBytes: 1 },
  });
  const plan = planOf([model]);
  const imatrix = { path: 'model.imatrix.gguf', bytes: 7 };
  const states = statesOf(plan, { 'imatrix of models/model.gguf': stateOf('done', { imatrix: { files: [imatrix] } }) });
  expect(collectResults(plan, states, LAYOUT).models[0]).toMatchObject({ imatrix, text: '../cal.txt' });
});

test('messages name files as they are seen from the output folder', () => {
  const error = { code: 'x', message: '/batch/models/model.gguf: /batch/out/a.gguf is not /batch/outside/b.gguf' };
  const plan = planOf([
    surveyedModel([surveyedOutput('A', { problem: error })]),
    surveyedModel([], { id: 'b', problem: error }),
  ]);
  const [first, second] = collectResults(
    plan,
    statesOf(plan, { 'model-A.gguf': stateOf('failed', {}, { error }) }),
    LAYOUT,
  ).models;
  const message = '../models/model.gguf: a.gguf is not /batch/outside/b.gguf';
  expect([first?.outputs[0]?.error, second?.problem]).toEqual([
    { code: 'x', message },
    { code: 'x', message },
  ]);
});
