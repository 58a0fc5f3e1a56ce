import type { ModelSize } from '../../quantizer/evaluate/model-size.js';
import { type EvaluationReport, type LabelledFile, labelFiles, measuredFiles } from './report.js';
import type { EvaluateDocument } from './schema.js';

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

function comparedJson({ evaluation }: LabelledFile): EvaluateDocument['compared'] {
  const { contextSize, chunks, tokens } = evaluation;
  return { contextSize, chunks, tokens };
}

function fileJson({ source, evaluation, isOnFront }: LabelledFile): EvaluateDocument['files'][number] {
  const { size, contextSize: _size, chunks: _chunks, tokens: _tokens, sameTop, rmsDeltaP, ...figures } = evaluation;
  return {
    source,
    ...sizeJson(size),
    ...figures,
    sameTopPercent: sameTop,
    rmsDeltaPPercent: rmsDeltaP,
    isOnParetoFront: isOnFront,
  };
}

function sizeJson({ bytes, bitsPerWeight }: ModelSize): { bytes: number; bitsPerWeight?: number } {
  return bitsPerWeight === undefined ? { bytes } : { bytes, bitsPerWeight };
}
