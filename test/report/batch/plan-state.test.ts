import { expect, test } from 'vitest';
import { plannedStates } from '../../../src/report/batch/plan-state.js';
import { planOf, stateOf, statesOf, surveyedModel, surveyedOutput } from '../../batch/results/support.js';

const error = { code: 'x', message: 'the disk was full' };

test('what failed before is tried again, and blocks nothing', () => {
  const plan = planOf([surveyedModel([surveyedOutput('A'), surveyedOutput('B'), surveyedOutput('C')])]);
  const states = statesOf(plan, {
    'source of models/model.gguf': stateOf('failed', {}, { error }),
    'model-A.gguf': stateOf('blocked', {}, { by: 'source of models/model.gguf' }),
    'model-B.gguf': stateOf('done'),
  });
  expect([...plannedStates(plan, states).values()]).toEqual([
    { state: 'again', why: 'last time: the disk was full' },
    { state: 'to-do' },
    { state: 'done' },
    { state: 'to-do' },
  ]);
});

test('what cannot be done says why and blocks what needs it', () => {
  const plan = planOf([surveyedModel([surveyedOutput('A', { problem: error }), surveyedOutput('B')])]);
  const jobs = plan.jobs.map((job) => (job.kind === 'source' ? { ...job, problem: error } : job));
  expect([...plannedStates({ jobs }, statesOf(plan, {})).values()]).toEqual([
    { state: 'cannot', why: 'the disk was full' },
    { state: 'cannot', why: 'the disk was full' },
    { state: 'blocked', why: 'source of models/model.gguf cannot be done' },
  ]);
});
