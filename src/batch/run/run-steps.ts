import { rm } from 'node:fs/promises';
import { recordedFile } from '../layout.js';
import type { Job, Step } from '../plan/job.js';
import type { JobWork } from '../plan/work.js';
import { makeImatrixOf } from '../steps/imatrix.js';
import { computeScores } from '../steps/scores.js';
import { readSource } from '../steps/source.js';
import type { OutputRun } from './output-run.js';
import { runInPlace } from './run-in-place.js';
import type { JobContext } from './run-job.js';
import { judgeInPlace } from './run-judgements.js';
import { runMade } from './run-made.js';
import { stepRunner } from './step-runner.js';

/** Does the steps of a job that are not done. Resolves to whether all were. The caller has the job's lease. */
export async function runSteps(job: Job, folder: string, context: JobContext): Promise<boolean> {
  const { batch } = context;
  const work = batch.plan.works.get(job.id);
  if (work === undefined) throw new TypeError(`${job.id} is no job of this plan`);
  const runner = stepRunner(job, folder, await batch.records(keysOf(job, work)), context);
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
      await runOutput({ job, work, runner, context }, folder);
  }
  // All that is to last has its place.
  await rm(folder, { recursive: true, force: true });
  return runner.isReused();
}

async function runOutput(run: OutputRun, folder: string): Promise<void> {
  const { mode, output } = run.work;
  if (mode === 'make') return await runMade(run, folder);
  if (mode === 'in-place') return await runInPlace(run);
  // What was there before the batch is judged.
  const { layout } = run.context.batch;
  await judgeInPlace(
    run,
    output.there.map((file) => recordedFile(layout, file.path)),
  );
}

/** Of the job's own steps, and of those of other jobs that it uses. */
function keysOf({ steps }: Job, work: JobWork): ReadonlySet<string> {
  const used = work.kind === 'output' ? Object.values(work.uses) : [];
  return new Set([...steps.map(({ key }) => key), ...used]);
}

function only({ id, steps }: Job): Step {
  const [step] = steps;
  if (step === undefined) throw new TypeError(`${id} has no step`);
  return step;
}
