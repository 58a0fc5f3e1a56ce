import type { BatchPlan, Job } from '../../batch/plan/job.js';
import type { JobState } from '../../batch/run/job-states.js';

/** `again`: it failed in an earlier run and is tried again. `cannot`: it would fail at once. */
export const PLAN_STATES = ['done', 'to-do', 'again', 'blocked', 'cannot', 'skipped'] as const;

/** What a run would do about a job, and why not or why again. */
export interface PlannedState {
  readonly state: (typeof PLAN_STATES)[number];
  readonly why?: string;
}

/** What a run would do about each job of a plan, by its id. Pure. */
export function plannedStates(
  { jobs }: Pick<BatchPlan, 'jobs'>,
  states: ReadonlyMap<string, JobState>,
): ReadonlyMap<string, PlannedState> {
  const planned = new Map<string, PlannedState>();
  // Jobs come after those that they need.
  for (const job of jobs) planned.set(job.id, plannedState(job, states.get(job.id), planned));
  return planned;
}

function plannedState(
  { problem, after, isSkipped }: Job,
  state: JobState | undefined,
  planned: ReadonlyMap<string, PlannedState>,
): PlannedState {
  if (problem !== undefined) return { state: 'cannot', why: problem.message };
  if (isSkipped === true) return { state: 'skipped', why: 'something else is there, and is left alone' };
  if (state?.status === 'done') return { state: 'done' };
  // What failed in an earlier run blocks nothing: it is tried again.
  const by = after.find((id) => isHopeless(planned.get(id)));
  if (by !== undefined) return { state: 'blocked', why: `${by} cannot be done` };
  const why = state?.error?.message;
  return why === undefined ? { state: 'to-do' } : { state: 'again', why: `last time: ${why}` };
}

function isHopeless(planned: PlannedState | undefined): boolean {
  return planned?.state === 'cannot' || planned?.state === 'blocked';
}
