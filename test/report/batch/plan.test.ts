import { expect, test } from 'vitest';
import { renderPlan } from '../../../src/report/batch/plan.js';
import { PLAIN } from '../../../src/report/styles.js';
import { displayWidth } from '../../../src/report/text-width.js';
import { fixedInPlace, planOf, stateOf, statesOf, surveyedModel, surveyedOutput } from '../../batch/results/support.js';

const PAGE = { width: 80, styles: PLAIN };

test('outputs by model, what they need first, sums, disk and notes', () => {
  const message = 'token_embd.weight cannot become IQ2_XXS without an imatrix, which the manifest does not name';
  const outputs = [
    surveyedOutput('Q4_K_M', { bytes: 2 ** 20 }),
    surveyedOutput('UD-Q4_K_XL', { bytes: 2 ** 21, isExact: false, notes: ['a type was chosen'] }),
    surveyedOutput('IQ2_XXS', { problem: { code: 'bad-recipe', message } }),
  ];
  const plan = planOf([
    surveyedModel(outputs),
    surveyedModel([], { id: 'b.gguf', problem: { code: 'x', message: 'it is cut' } }),
  ]);
  const states = statesOf(plan, { 'model-Q4_K_M.gguf': stateOf('done') });
  const text = renderPlan(plan, states, { peakBytes: 2 ** 30, freeBytes: 2 ** 29 }, PAGE);
  expect(text).toBe(`models/model.gguf
  first: source (to do)
  Q4_K_M      model-Q4_K_M.gguf       1.00 MiB  done
  UD-Q4_K_XL  model-UD-Q4_K_XL.gguf  ~2.00 MiB  to do
  IQ2_XXS     model-IQ2_XXS.gguf        1000 B  cannot
    ✗ token_embd.weight cannot become IQ2_XXS without an imatrix, which the
      manifest does not name
b.gguf
  first: source (cannot)
    ✗ it is cut

3 outputs of 2 models: 1 done, 1 to do, 1 cannot be done
2 shared jobs: 1 to do, 1 cannot be done
~3.00 MiB of outputs, of which ~2.00 MiB to do
1.00 GiB of disk needed at the peak, 512 MiB are free
! models/model.gguf, UD-Q4_K_XL: a type was chosen
`);
});

test('hundreds of repairs are a line each', () => {
  const models = Array.from({ length: 300 }, (_, i) =>
    surveyedModel([fixedInPlace(`/batch/models/${i}.gguf`, 1000)], { id: `models/${i}.gguf`, identity: `${i}` }),
  );
  const plan = planOf(models);
  const lines = renderPlan(plan, statesOf(plan, {}), {}, PAGE).trimEnd().split('\n');
  expect(lines).toHaveLength(303);
  expect(lines[7]).toBe('  fix  models/7.gguf, in place    1000 B  to do');
});

test('no line is wider than the page, and nothing of a name steers the terminal', () => {
  const label = `\u001b[31m${'模'.repeat(60)}`;
  const problem = { code: 'x', message: `\u001b[2J${'很长'.repeat(80)}` };
  const outputs = [surveyedOutput(label, { problem }), surveyedOutput('b', { path: 'x/'.repeat(90) })];
  const plan = planOf([surveyedModel(outputs, { id: `${'长'.repeat(100)}\n.gguf` })]);
  const text = renderPlan(plan, statesOf(plan, {}), {}, PAGE);
  expect(text).not.toContain('\u001b');
  for (const line of text.split('\n')) expect(displayWidth(line), line).toBeLessThanOrEqual(80);
});

test('nothing to do', () => {
  expect(renderPlan({ jobs: [], notes: [] }, new Map(), {}, PAGE)).toBe(
    '0 outputs of 0 models: nothing\n0 B of outputs, of which 0 B to do\n',
  );
});
