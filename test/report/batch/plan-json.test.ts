import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { planDocument } from '../../../src/report/batch/plan-json.js';
import { planOf, stateOf, statesOf, surveyedModel, surveyedOutput } from '../../batch/results/support.js';

const problem = { code: 'x', message: 'no' };
const { bytes: _bytes, ...unknownSize } = surveyedOutput('D');
const plan = planOf([
  surveyedModel([surveyedOutput('A'), surveyedOutput('B'), surveyedOutput('C', { problem }), unknownSize]),
]);
const states = statesOf(plan, { 'model-A.gguf': stateOf('done') });

test('counts jobs by what a run would do, and the bytes that come of it', () => {
  const { summary, jobs } = planDocument(plan, states, { peakBytes: 5, freeBytes: 4 });
  expect(summary).toEqual({
    models: 1,
    outputs: { done: 1, 'to-do': 2, again: 0, blocked: 0, cannot: 1, skipped: 0 },
    shared: { done: 0, 'to-do': 1, again: 0, blocked: 0, cannot: 0, skipped: 0 },
    bytes: 2000,
    bytesToDo: 1000,
    isExact: false,
    peakBytes: 5,
    freeBytes: 4,
  });
  expect(jobs.map(({ output }) => output?.bytes)).toEqual([undefined, 1000, 1000, 1000, null]);
});

test('the shipped schema takes it', () => {
  const schema: object = JSON.parse(readFileSync('schemas/batch-plan.schema.json', 'utf8'));
  const validate = new Ajv2020({ strict: false, allErrors: true }).compile(schema);
  validate(JSON.parse(JSON.stringify(planDocument(plan, states, {}))));
  expect(validate.errors).toBeNull();
});
