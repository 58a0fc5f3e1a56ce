import type { StepResult } from '../journal/record.js';
import type { DoneRecord, Records } from '../journal/records.js';
import type { BatchPlan, Job, Problem, StepName } from '../plan/job.js';
import { usersOf } from '../plan/users-of.js';

/** Where a job stands, as far as journals tell. */
export interface JobState {
  /** `ready`: all that it needs is done. `waiting`: something that it needs is not. `blocked`: something failed. */
  readonly status: 'done' | 'skipped' | 'failed' | 'blocked' | 'ready' | 'waiting';
  readonly error?: Problem;
  /** The job that it is blocked by. */
  readonly by?: string;
  /** What its steps left. */
  readonly results: ReadonlyMap<StepName, StepResult>;
  /** Of all steps that are done. */
  readonly seconds: number;
}

/** Where all jobs of a plan stand. Pure; whether files are still as they were left is seen when a job runs. */
export function jobStates({ jobs }: BatchPlan, records: Records): ReadonlyMap<string, JobState> {
  const states = new Map<string, JobState>();
  // What cannot be made needs nothing either.
  const isOver = (job: Job): boolean => job.isSkipped === true || job.problem !== undefined || isDone(job, records);
  const users = usersOf(jobs);
  // Jobs come after those that they need.
  for (const job of jobs) {
    const isForNothing = users.get(job.id)?.every(isOver) === true;
    const state = stateOf(job, records, states);
    states.set(job.id, isForNothing && job.problem === undefined ? { ...state, status: 'done' } : state);
  }
  return states;
}

function isDone({ steps, problem }: Job, { done }: Records): boolean {
  return problem === undefined && steps.length > 0 && steps.every(({ key }) => done.has(key));
}

function stateOf(job: Job, records: Records, states: ReadonlyMap<string, JobState>): JobState {
  const { done, failed } = records;
  const found = job.steps.flatMap(({ key }) => done.get(key) ?? []);
  const base = {
    results: new Map(found.map(({ step, result }: DoneRecord) => [step, result])),
    seconds: found.reduce((sum, { seconds }) => sum + seconds, 0),
  };
  if (job.problem !== undefined) return { ...base, status: 'failed', error: job.problem };
  if (job.isSkipped === true) return { ...base, status: 'skipped' };
  if (isDone(job, records)) return { ...base, status: 'done' };
  const failure = job.steps.flatMap(({ key }) => failed.get(key) ?? [])[0];
  if (failure !== undefined) return { ...base, status: 'failed', error: failure.error };
  const needs = job.after.map((id) => ({ id, state: states.get(id) }));
  const blocking = needs.find(({ state }) => state?.status === 'failed' || state?.status === 'blocked');
  if (blocking !== undefined) return { ...base, status: 'blocked', by: blocking.id };
  const isReady = needs.every(({ state }) => state?.status === 'done');
  return { ...base, status: isReady ? 'ready' : 'waiting' };
}
