import type { QuantEvaluation } from '../../quantizer/evaluate/evaluate-quant.js';
import type { ModelSize } from '../../quantizer/evaluate/model-size.js';
import { paretoFront, type SizedDivergence } from '../../quantizer/evaluate/pareto.js';
import { shortLabels } from './labels.js';

/** A quant that was measured. */
export interface MeasuredFile {
  readonly source: string;
  readonly evaluation: QuantEvaluation;
}

/** A quant that could not be measured. */
export interface FailedFile {
  readonly source: string;
  readonly error: { readonly code: string; readonly message: string };
}

/** Quants that were compared with one base. */
export interface EvaluationReport {
  /** What measured: `llama-perplexity 0.7.0 (build 11669, commit Debian)`. */
  readonly engine: string;
  /** `undefined` where scores were given and no base. */
  readonly base: { readonly source: string; readonly size: ModelSize } | undefined;
  /** Path of the text; `undefined` where scores were given and no text. */
  readonly text: string | undefined;
  readonly files: readonly (MeasuredFile | FailedFile)[];
}

/** A measured quant with what tables and plots say of it. */
export interface LabelledFile extends MeasuredFile, SizedDivergence {
  /** As short as tells it from the others. */
  readonly label: string;
  /** Whether no other quant of the report is both smaller and closer to the base. */
  readonly isOnFront: boolean;
}

/** The report's files in their order, the measured ones with their labels and places on the front. */
export function labelFiles({ files }: Pick<EvaluationReport, 'files'>): (LabelledFile | FailedFile)[] {
  const labels = shortLabels(files.map(({ source }) => source));
  const points = files.map((file, i) => {
    if ('error' in file) return file;
    const { size, meanKld } = file.evaluation;
    return { ...file, label: labels[i] ?? file.source, bytes: size.bytes, meanKld: meanKld.value };
  });
  const front = new Set<object>(paretoFront(points.flatMap((point) => ('error' in point ? [] : [point]))));
  return points.map((point) => ('error' in point ? point : { ...point, isOnFront: front.has(point) }));
}

/** The quants that were measured, in the report's order. */
export function measuredFiles(report: Pick<EvaluationReport, 'files'>): LabelledFile[] {
  return labelFiles(report).flatMap((file) => ('error' in file ? [] : [file]));
}
