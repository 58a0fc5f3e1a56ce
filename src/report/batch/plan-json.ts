import type { BatchPlan, Job } from '../../batch/plan/job.js';
import type { JobState } from '../../batch/run/job-states.js';
import type { BatchPlanDocument } from './plan-schema.js';
import { type PlannedState, plannedStates } from './plan-state.js';

/** What is known of the disk, in bytes. */
export interface DiskNeed {
  /** Needed at the peak, besides what is there. */
  readonly peakBytes?: number | undefined;
  readonly freeBytes?: number | undefined;
}

/** The document `ggufix.batch-plan/1`. */
export function planDocument(
  plan: BatchPlan,
  states: ReadonlyMap<string, JobState>,
  disk: DiskNeed,
): BatchPlanDocument {
  const planned = plannedStates(plan, states);
  const jobs = plan.jobs.map((job) => jobJson(job, planned.get(job.id) ?? { state: 'to-do' }));
  return { schema: 'ggufix.batch-plan/1', summary: summaryOf(jobs, disk), jobs, notes: [...plan.notes] };
}

type JobJson = BatchPlanDocument['jobs'][number];

function jobJson(job: Job, { state, why }: PlannedState): JobJson {
  const { id, kind, model, after, steps, scratchBytes, memoryBytes, output } = job;
  return {
    id,
    kind,
    model,
    state,
    ...(why === undefined ? {} : { why }),
    after: [...after],
    steps: steps.map(({ name }) => name),
    scratchBytes,
    memoryBytes,
    ...(output === undefined ? {} : { output: { ...output, bytes: output.bytes ?? null } }),
  };
}

function summaryOf(jobs: readonly JobJson[], { peakBytes, freeBytes }: DiskNeed): BatchPlanDocument['summary'] {
  const outputs = jobs.filter(({ kind }) => kind === 'output');
  const toDo = outputs.filter(({ state }) => state === 'to-do' || state === 'again');
  const kept = [...outputs.filter(({ state }) => state === 'done'), ...toDo];
  return {
    models: new Set(jobs.map(({ model }) => model)).size,
    outputs: countStates(outputs),
    shared: countStates(jobs.filter(({ kind }) => kind !== 'output')),
    bytes: bytesOf(kept),
    bytesToDo: bytesOf(toDo),
    isExact: kept.every(({ output }) => output?.isExact === true && output.bytes !== null),
    ...(peakBytes === undefined ? {} : { peakBytes }),
    ...(freeBytes === undefined ? {} : { freeBytes }),
  };
}

function countStates(jobs: readonly JobJson[]): BatchPlanDocument['summary']['outputs'] {
  const count = (wanted: JobJson['state']): number => jobs.filter(({ state }) => state === wanted).length;
  return {
    done: count('done'),
    'to-do': count('to-do'),
    again: count('again'),
    blocked: count('blocked'),
    cannot: count('cannot'),
    skipped: count('skipped'),
  };
}

function bytesOf(jobs: readonly JobJson[]): number {
  return jobs.reduce((sum, { output }) => sum + (output?.bytes ?? 0), 0);
}
