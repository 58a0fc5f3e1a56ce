import type { Job, Step, StepName } from '../plan/job.js';
import type { OutputWork } from '../plan/work.js';
import type { JobContext } from './run-job.js';
import type { StepRunner } from './step-runner.js';

/** An output that is being worked on. */
export interface OutputRun {
  readonly job: Job;
  readonly work: OutputWork;
  readonly runner: StepRunner;
  readonly context: JobContext;
}

/** The step of a job that has this name, if it has one. */
export function stepOf({ steps }: Job, name: StepName): Step | undefined {
  return steps.find((step) => step.name === name);
}

/** The same of a step that each such job has. */
export function requireStep(job: Job, name: StepName): Step {
  const step = stepOf(job, name);
  if (step === undefined) throw new TypeError(`${job.id} lacks the step ${name}, which every such job has`);
  return step;
}

/** Which fixes an output may have. */
export function allowedFixes({ output }: OutputWork): 'safe' | 'unsafe' {
  const { making } = output.wanted;
  return making.kind === 'fix' ? making.allow : 'safe';
}
