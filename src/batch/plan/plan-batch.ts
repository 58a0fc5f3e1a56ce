import { badOption } from '../../errors.js';
import { quoted } from '../../gguf/printable.js';
import { hashOf } from '../survey/hash.js';
import type { SurveyedModel, SurveyedOutput } from '../survey/surveyed.js';
import { outputScratch, quantizingMemory, runningMemory, STREAMING_MEMORY } from './estimates.js';
import type { BatchPlan, Job, Problem, Step } from './job.js';
import { madeSteps, otherSteps } from './output-steps.js';
import { placeOf } from './place-of.js';
import { contentOf, isQuantized, type PlanOptions, type StepInputs, splitSizeOf } from './plan-options.js';
import type { JobWork, OutputWork } from './work.js';

/** A plan, and what its jobs work on. */
export interface PlannedBatch extends BatchPlan {
  readonly works: ReadonlyMap<string, JobWork>;
}

/**
 * Makes jobs of what a survey found: first what outputs share, then the outputs, in the manifest's order. Throws `bad-option` where an output is called
 * as another job is. Pure.
 */
export function planBatch(models: readonly SurveyedModel[], options: PlanOptions): PlannedBatch {
  const planned = new Map<string, Planned>();
  for (const model of models) {
    // A model of two entries of the manifest is read, and measured on one text, once.
    for (const each of modelJobs(model, options, planned)) {
      refuseOtherJob(planned.get(each.job.id), each);
      planned.set(each.job.id, each);
    }
  }
  const jobs = [...planned.values()].map(({ job }) => job);
  const works = new Map([...planned].map(([id, { work }]) => [id, work]));
  const notes = models.flatMap(({ id, outputs }) =>
    outputs.flatMap((output) => output.notes.map((note) => `${id}, ${output.wanted.label}: ${note}`)),
  );
  return { jobs, works, notes };
}

interface Planned {
  readonly job: Job;
  readonly work: JobWork;
}

/** An output may be called what another job is, and would then wait for itself. */
function refuseOtherJob(known: Planned | undefined, { job: { id }, work }: Planned): void {
  if (known === undefined || natureOf(known.work) === natureOf(work)) return;
  throw badOption(
    `no output can be called ${quoted(id)}: it is what a step of the batch is called; give it another name`,
  );
}

function natureOf(work: JobWork): string {
  return work.kind === 'output' && work.mode === 'in-place' ? 'fix' : work.kind;
}

function modelJobs(
  model: SurveyedModel,
  options: PlanOptions,
  before: ReadonlyMap<string, Planned>,
): readonly Planned[] {
  if (model.problem !== undefined) return [unreadable(model, model.problem)];
  const { inputs } = options;
  const made = model.outputs.filter(isQuantized);
  const shared: Planned[] = [];
  const source = { name: 'source', key: hashOf('source', contentOf(model)) } as const;
  if (made.length > 0) {
    const job = sharedJob(model, source, { memoryBytes: STREAMING_MEMORY, scratchBytes: 0 });
    shared.push({ job, work: { kind: 'source', model } });
  }
  const { imatrix, evaluation } = model;
  const [imatrixKey, scoresKey] = [imatrixKeyOf(model, inputs), scoresKeyOf(model, inputs)];
  if (imatrix?.kind === 'make' && imatrixKey !== undefined) {
    const needs = { memoryBytes: runningMemory(model.bytes), scratchBytes: 0 };
    shared.push({
      job: sharedJob(model, { name: 'imatrix', key: imatrixKey }, needs),
      work: { kind: 'imatrix', model, imatrix },
    });
  }
  if (evaluation !== undefined && scoresKey !== undefined) {
    const needs = { memoryBytes: runningMemory(model.bytes), scratchBytes: evaluation.scoresBytes };
    shared.push({
      job: sharedJob(model, { name: 'scores', key: scoresKey }, needs),
      work: { kind: 'scores', model, evaluation },
    });
  }
  for (const [index, { job, work }] of shared.entries()) {
    const known = before.get(job.id)?.job.steps[0]?.key;
    const key = job.steps[0]?.key ?? '';
    if (known !== undefined && known !== key)
      shared[index] = { job: { ...job, id: `${job.id} (${key.slice(0, 8)})` }, work };
  }
  const uses = { source: source.key, imatrix: imatrixKey, scores: scoresKey };
  return [...shared, ...model.outputs.map((output) => outputJob(model, output, uses, shared, options))];
}

/** The one job of a model that cannot be read. */
function unreadable(model: SurveyedModel, problem: Problem): Planned {
  const step = { name: 'source', key: hashOf('unreadable', model.files, model.bytes, problem) } as const;
  const job = sharedJob(model, step, { memoryBytes: 0, scratchBytes: 0 });
  return { job: { ...job, problem }, work: { kind: 'source', model } };
}

function imatrixKeyOf(model: SurveyedModel, inputs: StepInputs): string | undefined {
  const { imatrix } = model;
  if (imatrix === undefined) return undefined;
  if (imatrix.kind === 'file') return imatrix.identity;
  return hashOf('imatrix', contentOf(model), imatrix.identity, imatrix.chunks ?? 'all', inputs.imatrix);
}

function scoresKeyOf(model: SurveyedModel, inputs: StepInputs): string | undefined {
  const { evaluation } = model;
  if (evaluation === undefined) return undefined;
  return hashOf('scores', contentOf(model), evaluation.identity, evaluation.chunks ?? 'all', inputs.perplexity);
}

function sharedJob(model: SurveyedModel, step: Step, needs: Pick<Job, 'memoryBytes' | 'scratchBytes'>): Job {
  const kind = step.name === 'imatrix' || step.name === 'scores' ? step.name : 'source';
  return { id: `${kind} of ${model.id}`, kind, model: model.id, after: [], steps: [step], ...needs };
}

interface SharedKeys {
  readonly source: string;
  readonly imatrix: string | undefined;
  readonly scores: string | undefined;
}

function outputJob(
  model: SurveyedModel,
  output: SurveyedOutput,
  shared: SharedKeys,
  sharedJobs: readonly Planned[],
  options: PlanOptions,
): Planned {
  const { wanted, path, bytes, isExact } = output;
  const uses = usedKeys(output, shared);
  const made = madeSteps({ model, output, uses }, options);
  const place = placeOf(output, made.at(-2)?.key ?? '', options);
  const work: OutputWork = { kind: 'output', model, output, uses, ...place };
  const needed = Object.keys(uses);
  const problem = output.problem ?? place.problem;
  const job: Job = {
    // Machines may know the folder of a model by several names: where it is absolute, a path is no id for all of them.
    id: work.mode === 'in-place' ? `fix of ${model.id}` : path,
    kind: 'output',
    model: model.id,
    after: sharedJobs.filter(({ job: { kind } }) => needed.includes(kind)).map(({ job: { id } }) => id),
    steps: work.mode === 'make' ? made : otherSteps(work, options),
    memoryBytes: Math.max(
      quantizingMemory(model, output),
      uses.scores === undefined ? 0 : runningMemory(bytes ?? model.bytes),
    ),
    scratchBytes: outputScratch(model, output, splitSizeOf(output, options) !== undefined),
    output: { path, label: wanted.label, isInPlace: work.mode === 'in-place', bytes, isExact },
    ...(problem === undefined ? {} : { problem }),
    ...(place.isSkipped ? { isSkipped: true } : {}),
  };
  return { job, work };
}

function usedKeys(output: SurveyedOutput, { source, imatrix, scores }: SharedKeys): OutputWork['uses'] {
  const { wanted } = output;
  return {
    ...(isQuantized(output) ? { source } : {}),
    ...(wanted.imatrix && imatrix !== undefined ? { imatrix } : {}),
    ...(wanted.evaluate && scores !== undefined ? { scores } : {}),
  };
}
