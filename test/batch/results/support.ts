import type { StepResult } from '../../../src/batch/journal/record.js';
import type { Manifest, ManifestOutput } from '../../../src/batch/manifest/manifest.js';
import type { Job, StepName } from '../../../src/batch/plan/job.js';
import { type PlannedBatch, planBatch } from '../../../src/batch/plan/plan-batch.js';
import type { BatchResults, OutputResult } from '../../../src/batch/results/results.js';
import type { JobState } from '../../../src/batch/run/job-states.js';
import type { SurveyedModel, SurveyedOutput } from '../../../src/batch/survey/surveyed.js';

const WANTED: ManifestOutput = {
  making: { kind: 'type', name: 'Q4_K_M', asIs: false },
  label: 'Q4_K_M',
  tensors: [],
  imatrix: false,
  evaluate: false,
  allowRequantize: false,
  set: {},
};

/** An output of a survey that goes to `model-LABEL.gguf`. */
export function surveyedOutput(label: string, more: Partial<SurveyedOutput> = {}): SurveyedOutput {
  const wanted = { ...WANTED, label };
  return {
    wanted,
    set: {},
    path: `model-${label}.gguf`,
    bytes: 1000,
    isExact: true,
    weights: label,
    there: [],
    notes: [],
    ...more,
  };
}

/** An output that repairs its model in place. */
export function fixedInPlace(file: string, bytes: number): SurveyedOutput {
  const wanted: ManifestOutput = { ...WANTED, label: 'fix', making: { kind: 'fix', allow: 'safe', inPlace: true } };
  return { wanted, set: {}, path: file, bytes, isExact: true, weights: 'fix', there: [], notes: [] };
}

/** A model of a survey. */
export function surveyedModel(outputs: readonly SurveyedOutput[], more: Partial<SurveyedModel> = {}): SurveyedModel {
  const base = { id: 'models/model.gguf', files: ['/batch/models/model.gguf'], bytes: 4096 } as const;
  return { ...base, identity: 'identity', largestTensor: 10, outputs, ...more };
}

/** The plan of a survey. */
export function planOf(models: readonly SurveyedModel[]): PlannedBatch {
  const settings: Pick<Manifest, 'check' | 'existing' | 'splitSize'> = {
    check: { profile: 'default', targets: [] },
    existing: 'refuse',
  };
  const inputs = { ggufix: '1', engine: 'e', imatrix: 'i', perplexity: 'p', config: 'none' };
  return planBatch(models, { settings, inputs, isOurs: () => false, finished: () => [] });
}

/** A state with what steps left. */
export function stateOf(
  status: JobState['status'],
  results: { readonly [S in StepName]?: StepResult } = {},
  more: Partial<JobState> = {},
): JobState {
  const known = Object.entries(results) as [StepName, StepResult][];
  return { status, results: new Map(known), seconds: 1.23456, ...more };
}

/** The states of all jobs of a plan, `ready` where none is given. */
export function statesOf(
  { jobs }: { readonly jobs: readonly Job[] },
  known: Readonly<Record<string, JobState>>,
): ReadonlyMap<string, JobState> {
  return new Map(jobs.map(({ id }) => [id, known[id] ?? stateOf('ready')]));
}

/** A SHA-256 of one digit. */
export function sha(digit: string): string {
  return digit.repeat(64);
}

/** A finished output of one file. */
export function doneOutput(path: string, bytes: number, more: Partial<OutputResult> = {}): OutputResult {
  const files = [{ path, bytes, sha256: sha('a') }];
  return {
    label: path,
    path,
    isInPlace: false,
    status: 'done',
    files,
    bytes,
    changes: [],
    notes: [],
    seconds: 1,
    ...more,
  };
}

/** Results of one model. */
export function resultsWith(outputs: readonly OutputResult[]): BatchResults {
  return { models: [{ model: 'models/model.gguf', bytes: 4096, outputs }] };
}

/** What was measured of an output. */
export const EVALUATION: NonNullable<OutputResult['evaluation']> = {
  meanKld: { value: 0.0123456, error: 0.0001 },
  sameTop: { value: 91.5, error: 0.2 },
  perplexity: { value: 8, error: 0.1 },
  perplexityRatio: { value: 1.01, error: 0.001 },
  chunks: 3,
};
