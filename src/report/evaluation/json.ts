import type { QuantEvaluation } from '../../quantizer/evaluate/evaluate-quant.js';
import type { ModelSize } from '../../quantizer/evaluate/model-size.js';
import { type EvaluationReport, type LabelledFile, labelFiles, measuredFiles } from './report.js';
import type { EvaluateDocument, EvaluationJson } from './schema.js';

/** The evaluation as the document `ggufix.evaluate/1`. */
export function evaluateDocument(report: EvaluationReport): EvaluateDocument {
  const { engine, base, text } = report;
  const files = labelFiles(report);
  const [first] = measuredFiles(report);
  return {
    schema: 'ggufix.evaluate/1',
    engine,
    ...(base === undefined ? {} : { base: { source: base.source, ...sizeJson(base.size) } }),
    ...(text === undefined ? {} : { text }),
    ...(first === undefined ? {} : { compared: comparedJson(first) }),
    files: files.map((file) => ('error' in file ? file : fileJson(file))),
  };
}

/** What was measured of one quant. */
export function evaluationJson(evaluation: QuantEvaluation): EvaluationJson {
  const { contextSize, chunks, tokens } = evaluation;
  return { ...figuresJson(evaluation), contextSize, chunks, tokens };
}

function comparedJson({ evaluation }: LabelledFile): EvaluateDocument['compared'] {
  const { contextSize, chunks, tokens } = evaluation;
  return { contextSize, chunks, tokens };
}

function fileJson({ source, evaluation, isOnFront }: LabelledFile): EvaluateDocument['files'][number] {
  return { source, ...figuresJson(evaluation), isOnParetoFront: isOnFront };
}

function figuresJson(evaluation: QuantEvaluation): Omit<EvaluationJson, 'contextSize' | 'chunks' | 'tokens'> {
  const { size, contextSize: _size, chunks: _chunks, tokens: _tokens, sameTop, rmsDeltaP, ...figures } = evaluation;
  return { ...sizeJson(size), ...figures, sameTopPercent: sameTop, rmsDeltaPPercent: rmsDeltaP };
}

function sizeJson({ bytes, bitsPerWeight }: ModelSize): { bytes: number; bitsPerWeight?: number } {
  return bitsPerWeight === undefined ? { bytes } : { bytes, bitsPerWeight };
}
