import type { Manifest, ManifestOutput } from '../../../src/batch/manifest/manifest.js';
import type { PlanOptions } from '../../../src/batch/plan/plan-options.js';
import type { SurveyedModel, SurveyedOutput } from '../../../src/batch/survey/surveyed.js';

const WANTED: ManifestOutput = {
  making: { kind: 'type', name: 'Q4_K_M', asIs: false },
  label: 'Q4_K_M',
  tensors: [],
  imatrix: true,
  evaluate: true,
  allowRequantize: false,
  set: {},
};

/** What a surveyed output may differ in. */
export interface OutputChange extends Partial<Omit<SurveyedOutput, 'wanted'>> {
  readonly wanted?: Partial<ManifestOutput>;
}

/** An output as a survey finds it: Q4_K_M, to `m-Q4_K_M.gguf`. */
export function surveyedOutput({ wanted, ...more }: OutputChange = {}): SurveyedOutput {
  const base = { set: {}, path: 'm-Q4_K_M.gguf', bytes: 400, isExact: true, weights: 'w', there: [], notes: [] };
  return { ...base, wanted: { ...WANTED, ...wanted }, ...more };
}

/** A model as a survey finds it. */
export function surveyedModel(more: Partial<SurveyedModel> = {}): SurveyedModel {
  const base = { id: 'm.gguf', files: ['/b/m.gguf'], bytes: 1000, identity: 'model', largestTensor: 100 } as const;
  return { ...base, outputs: [surveyedOutput()], ...more };
}

/** What a plan is made with, where nothing is there and nothing is ours. */
export function planOptions(settings: Partial<Manifest> = {}, more: Partial<PlanOptions> = {}): PlanOptions {
  return {
    settings: { check: { profile: 'default', targets: [] }, existing: 'refuse', ...settings },
    inputs: { ggufix: '1', engine: 'e', imatrix: 'i', perplexity: 'p', config: 'c' },
    isOurs: () => false,
    finished: () => [],
    ...more,
  };
}
