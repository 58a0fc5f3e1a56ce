import { posix } from 'node:path';
import type { Manifest } from '../manifest/manifest.js';
import { hashOf } from '../survey/hash.js';
import type { SurveyedModel, SurveyedOutput } from '../survey/surveyed.js';
import { outputScratch, quantizingMemory, runningMemory, STREAMING_MEMORY } from './estimates.js';
import type { BatchPlan, Job, Problem, Step, StepName } from './job.js';
import type { JobWork, OutputWork } from './work.js';

/** Versions of the programs that steps are done by, and what else their results depend on. */
export interface StepInputs {
  readonly ggufix: string;
  readonly engine: string;
  readonly imatrix: string;
  readonly perplexity: string;
  /** Hash of the config that checks go by. */
  readonly config: string;
}

/** What a plan depends on besides the models. */
export interface PlanOptions {
  readonly settings: Pick<Manifest, 'check' | 'existing' | 'splitSize'>;
  readonly inputs: StepInputs;
  /** Whether a run of this batch made the file of so many bytes that is at a place. */
  readonly isOurs: (path: string, bytes: number) => boolean;
  /** The files that the hash step of this key left, by their names. Stopped then, a run did not note that they have their place. */
  readonly finished: (key: string) => readonly { readonly path: string; readonly bytes: number }[];
}

/** A plan, and what its jobs work on. */
export interface PlannedBatch extends BatchPlan {
  readonly works: ReadonlyMap<string, JobWork>;
}

/** Makes jobs of what a survey found: first what outputs share, then the outputs, in the manifest's order. Pure. */
export function planBatch(models: readonly SurveyedModel[], options: PlanOptions): PlannedBatch {
  const works = new Map<string, JobWork>();
  const jobs = models.flatMap((model) => {
    const planned = modelJobs(model, options);
    for (const { job, work } of planned) works.set(job.id, work);
    return planned.map(({ job }) => job);
  });
  const notes = models.flatMap(({ id, outputs }) =>
    outputs.flatMap((output) => output.notes.map((note) => `${id}, ${output.wanted.label}: ${note}`)),
  );
  return { jobs, works, notes };
}

interface Planned {
  readonly job: Job;
  readonly work: JobWork;
}

function modelJobs(model: SurveyedModel, options: PlanOptions): readonly Planned[] {
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
  const uses = { source: source.key, imatrix: imatrixKey, scores: scoresKey };
  return [...shared, ...model.outputs.map((output) => outputJob(model, output, uses, shared, options))];
}

/** The one job of a model that cannot be read. */
function unreadable(model: SurveyedModel, problem: Problem): Planned {
  const step = { name: 'source', key: hashOf('unreadable', model.files, model.bytes, problem) } as const;
  const job = sharedJob(model, step, { memoryBytes: 0, scratchBytes: 0 });
  return { job: { ...job, problem }, work: { kind: 'source', model } };
}

function isQuantized({ wanted: { making } }: SurveyedOutput): boolean {
  return making.kind !== 'fix' && making.kind !== 'requantize';
}

/**
 * Tells the content of a model from that of all others of the batch: files with one header and one time may differ in their
 * weights, and where they do not, each has to be repaired all the same.
 */
function contentOf({ id, identity }: Pick<SurveyedModel, 'id' | 'identity'>): string {
  return hashOf('content', id, identity);
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
    id: path,
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

interface PlaceDecision extends Pick<OutputWork, 'mode' | 'isReplacing' | 'replaced'> {
  readonly isSkipped?: boolean;
  readonly problem?: Problem;
}

/** What becomes of the files that are at an output's place. */
function placeOf(output: SurveyedOutput, hashKey: string, options: PlanOptions): PlaceDecision {
  const { wanted, path } = output;
  if (isInPlace(output)) return { mode: 'in-place', isReplacing: true, replaced: [] };
  const old = output.there.filter((file) => options.isOurs(file.path, file.bytes));
  const made = options.finished(hashKey).map((file) => `${file.bytes} ${posix.join(posix.dirname(path), file.path)}`);
  const others = output.there.filter((file) => !old.includes(file) && !made.includes(`${file.bytes} ${file.path}`));
  // Shards are in the way only of other shards.
  const isSplit = splitSizeOf(output, options) !== undefined;
  const isFree = !others.some((file) => isSplit || file.path === path);
  if (isFree) return { mode: 'make', isReplacing: old.length > 0, replaced: old };
  switch (wanted.existing ?? options.settings.existing) {
    case 'keep':
      return { mode: 'there', isReplacing: false, replaced: [] };
    case 'skip':
      return { mode: 'there', isReplacing: false, replaced: [], isSkipped: true };
    case 'overwrite':
      return { mode: 'make', isReplacing: true, replaced: output.there };
    case 'refuse': {
      const message = `${others[0]?.path} exists already, and no run of this batch made it; move it away, or say existing: keep, skip or overwrite`;
      return { mode: 'make', isReplacing: false, replaced: [], problem: { code: 'not-writable', message } };
    }
  }
}

function isInPlace({ wanted: { making } }: SurveyedOutput): boolean {
  return making.kind === 'fix' && making.inPlace;
}

function splitSizeOf({ wanted }: SurveyedOutput, { settings }: PlanOptions): number | undefined {
  return wanted.splitSize ?? settings.splitSize;
}

function otherSteps(work: OutputWork, options: PlanOptions): readonly Step[] {
  const { model, output, mode } = work;
  if (mode === 'there') {
    const there = hashOf('there', output.there);
    return laterSteps(there, work, options);
  }
  return inPlaceSteps(model.identity, work, options);
}

/** The steps of a file that is fixed in place. Their keys go with what the file was before; after a fix it is another one. */
export function inPlaceSteps(identity: string, work: OutputWork, options: PlanOptions): readonly Step[] {
  const { set, weights } = work.output;
  const fix = hashOf('fix in place', contentOf({ id: work.model.id, identity }), weights, set);
  return [{ name: 'fix', key: fix }, ...laterSteps(fix, work, options)];
}

function madeSteps(
  { model, output, uses }: Pick<OutputWork, 'model' | 'output' | 'uses'>,
  options: PlanOptions,
): readonly Step[] {
  const { set, weights, path } = output;
  const engine = isQuantized(output) ? options.inputs.engine : 'none';
  // Its path: outputs that come to the same, under two names, are two files.
  const make = hashOf('make', path, contentOf(model), weights, set, uses.imatrix ?? 'none', engine);
  const fix = hashOf('fix', make);
  const splitSize = splitSizeOf(output, options);
  const split = hashOf('split', fix, splitSize ?? 'whole');
  const checked = laterSteps(fix, { uses }, options).filter(({ name }) => name !== 'hash');
  const hash = hashOf('hash', split);
  return [
    { name: 'make', key: make },
    { name: 'fix', key: fix },
    ...checked,
    ...(splitSize === undefined ? [] : [{ name: 'split', key: split } as const]),
    { name: 'hash', key: hash },
    { name: 'publish', key: hashOf('publish', hash, path) },
  ];
}

/** What is done to a file that is as it shall be. */
function laterSteps(file: string, { uses }: Pick<OutputWork, 'uses'>, options: PlanOptions): readonly Step[] {
  const { settings, inputs } = options;
  const step = (name: StepName, ...depends: readonly unknown[]): Step => ({
    name,
    key: hashOf(name, file, ...depends),
  });
  return [
    ...(settings.check === false ? [] : [step('check', settings.check, inputs.ggufix, inputs.config)]),
    ...(uses.scores === undefined ? [] : [step('evaluate', uses.scores)]),
    step('hash'),
  ];
}
