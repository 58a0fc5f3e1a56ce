import type { FileThere, SurveyedImatrix, SurveyedModel, SurveyedOutput } from '../survey/surveyed.js';

/** What the steps of a job work on. */
export type JobWork =
  | { readonly kind: 'source'; readonly model: SurveyedModel }
  | {
      readonly kind: 'imatrix';
      readonly model: SurveyedModel;
      readonly imatrix: Extract<SurveyedImatrix, { kind: 'make' }>;
    }
  | { readonly kind: 'scores'; readonly model: SurveyedModel; readonly evaluation: Evaluation }
  | OutputWork;

/** What an output job works on. */
export interface OutputWork {
  readonly kind: 'output';
  readonly model: SurveyedModel;
  readonly output: SurveyedOutput;
  /** `there`: what is at the output's place is taken for it. */
  readonly mode: 'make' | 'in-place' | 'there';
  /** Whether what is at its place is replaced. */
  readonly isReplacing: boolean;
  /** The files that it takes the place of, whatever its own are called. */
  readonly replaced: readonly FileThere[];
  /** Keys of the steps of other jobs that this one uses. */
  readonly uses: { readonly source?: string; readonly imatrix?: string; readonly scores?: string };
}

type Evaluation = NonNullable<SurveyedModel['evaluation']>;
