import { rm } from 'node:fs/promises';
import type { Job, Step } from '../plan/job.js';
import { makeImatrixOf } from '../steps/imatrix.js';
import { computeScores } from '../steps/scores.js';
import { readSource } from '../steps/source.js';
import type { JobContext } from './run-job.js';
import { runFixInPlace, runMade, runThere } from './run-output.js';
import { stepRunner } from './step-runner.js';

/** Does the steps of a job that are not done. Resolves to whether all were. The caller has the job's lease. */
export async function runSteps(job: Job, folder: string, context: JobContext): Promise<boolean> {
  const { batch } = context;
  const work = batch.plan.works.get(job.id);
  if (work === undefined) throw new TypeError(`${job.id} is no job of this plan`);
  const runner = stepRunner(job, folder, await batch.records(), context);
  switch (work.kind) {
    case 'source':
      await runner.run(only(job), true, (own) => readSource(work.model, own));
      break;
    // Files of shared steps that are gone are seen when the records are read.
    case 'imatrix':
      await runner.run(only(job), true, (own) => makeImatrixOf(work, own));
      break;
    case 'scores':
      await runner.run(only(job), true, (own) => computeScores(work, only(job).key, own));
      break;
    case 'output':
      if (work.mode === 'make') await runMade(job, work, folder, runner, context);
      else if (work.mode === 'in-place') await runFixInPlace(job, work, runner, context);
      else await runThere(job, work, runner, context);
  }
  // All that is to last has its place.
  await rm(folder, { recursive: true, force: true });
  return runner.isReused();
}

function only({ id, steps }: Job): Step {
  const [step] = steps;
  if (step === undefined) throw new TypeError(`${id} has no step`);
  return step;
}
