import path from 'node:path';
import { sidecarPath } from '../../quantizer/quantize/sidecar.js';
import { hasSidecar } from '../../quantizer/quantize/sidecar-text.js';
import type { StepFile, StepResult } from '../journal/record.js';
import type { Layout } from '../layout.js';
import { type Job, type Problem, STEP_NAMES } from '../plan/job.js';
import type { PlannedBatch } from '../plan/plan-batch.js';
import type { JobWork, OutputWork } from '../plan/work.js';
import type { JobState } from '../run/job-states.js';
import type { SurveyedModel } from '../survey/surveyed.js';
import { resultPath } from './result-path.js';
import type { BatchResults, ModelResults, OutputResult, OutputStatus } from './results.js';

/** What became of each output of a plan, by what the journals say, in the plan's order. Pure. */
export function collectResults(
  plan: Pick<PlannedBatch, 'jobs' | 'works'>,
  states: ReadonlyMap<string, JobState>,
  { root }: Pick<Layout, 'root'>,
): BatchResults {
  const models = new Map<SurveyedModel, Known[]>();
  for (const job of plan.jobs) {
    const [work, state] = [plan.works.get(job.id), states.get(job.id)];
    if (work === undefined || state === undefined) throw new TypeError(`${job.id} is no job of this plan`);
    models.set(work.model, [...(models.get(work.model) ?? []), { job, work, state }]);
  }
  return { models: [...models].map(([model, jobs]) => modelResults(model, jobs, states, root)) };
}

/** A job and all that is known of it. */
interface Known {
  readonly job: Job;
  readonly work: JobWork;
  readonly state: JobState;
}

function modelResults(
  { id, files, bytes, problem, evaluation }: SurveyedModel,
  jobs: readonly Known[],
  states: ReadonlyMap<string, JobState>,
  root: string,
): ModelResults {
  const hashes = jobs.flatMap(({ state }) => [...state.results.values()].flatMap(({ sourceHash }) => sourceHash ?? []));
  const [imatrix] = jobs.flatMap(({ state }) => state.results.get('imatrix')?.files ?? []);
  return {
    model: id,
    bytes,
    ...defined({
      sha256: hashes[0],
      problem: problem && told(problem, files, root),
      imatrix: imatrix && placed(imatrix, root),
      text: evaluation && resultPath(root, evaluation.text),
    }),
    outputs: jobs.flatMap(({ job, work, state }) =>
      work.kind === 'output' ? [outputResult(job, work, state, states, root)] : [],
    ),
  };
}

function outputResult(
  { output }: Job,
  work: OutputWork,
  state: JobState,
  states: ReadonlyMap<string, JobState>,
  root: string,
): OutputResult {
  const { wanted, path: place } = work.output;
  const error = state.error ?? causeOf(state, states);
  const results = STEP_NAMES.flatMap((name) => state.results.get(name) ?? []);
  const last = <K extends keyof StepResult>(key: K): StepResult[K] =>
    results.findLast((result) => result[key] !== undefined)?.[key];
  const isDone = state.status === 'done';
  const files = isDone ? filesOf(state).map((file) => placed(file, root)) : [];
  return {
    label: wanted.label,
    path: resultPath(root, place),
    isInPlace: output?.isInPlace ?? false,
    status: statusOf(state),
    files,
    changes: results.flatMap(({ changes = [] }) => changes),
    notes: results.flatMap(({ notes = [] }) => notes),
    seconds: state.seconds,
    ...defined({
      sidecar:
        isDone && work.mode === 'make' && last('recipe') !== undefined && hasRecipe(last('type'))
          ? sidecarPath(resultPath(root, place))
          : undefined,
      bytes: isDone ? files.reduce((sum, file) => sum + file.bytes, 0) : undefined,
      bpw: last('bpw'),
      type: last('type'),
      recipe: last('recipe'),
      engine: last('engine'),
      check: last('check'),
      evaluation: last('evaluation'),
      error: error && told(error, work.model.files, root),
      blockedBy: state.by,
    }),
  };
}

/** Of what was not quantized no type is recorded, and what was made as it is has no recipe beside it. */
function hasRecipe(type: string | undefined): boolean {
  return type !== undefined && hasSidecar(type);
}

/** The files of a finished output: a new one's where they were moved to, others' where they were hashed. */
function filesOf({ results }: JobState): readonly StepFile[] {
  return results.get('publish')?.files ?? results.get('hash')?.files ?? [];
}

function placed(file: StepFile, root: string): StepFile {
  return { ...file, path: resultPath(root, file.path) };
}

function statusOf({ status }: JobState): OutputStatus {
  return status === 'ready' || status === 'waiting' ? 'open' : status;
}

/** What the job that blocks this one failed of. */
function causeOf({ by }: JobState, states: ReadonlyMap<string, JobState>): JobState['error'] {
  const blocking = by === undefined ? undefined : states.get(by);
  return blocking && (blocking.error ?? causeOf(blocking, states));
}

/** A message whose paths are seen from the output folder: results are published, and folders of a machine mean nothing elsewhere. */
function told({ code, message }: Problem, files: readonly string[], root: string): Problem {
  const named = files.reduce((text, file) => text.replaceAll(file, resultPath(root, file)), message);
  return { code, message: named.replaceAll(path.join(root, path.sep), '') };
}

/** The fields that have a value. */
function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const known = Object.entries(fields).filter(([, value]) => value !== undefined);
  // Only fields without a value are left out.
  return Object.fromEntries(known) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
