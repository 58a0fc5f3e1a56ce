import type { BatchResults, ModelResults, OutputResult } from '../../batch/results/results.js';
import type { BatchDocument } from './schema.js';
import { tallyOf } from './tally.js';

type ModelJson = BatchDocument['models'][number];
type OutputJson = ModelJson['outputs'][number];

/** The document `ggufix.batch/1`. The same journals make the same document, on whatever machine. */
export function resultsDocument(results: BatchResults): BatchDocument {
  return { schema: 'ggufix.batch/1', summary: tallyOf(results), models: results.models.map(modelJson) };
}

function modelJson({ model, bytes, sha256, problem, imatrix, text, outputs }: ModelResults): ModelJson {
  return {
    model,
    bytes,
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(problem === undefined ? {} : { error: problem }),
    ...(imatrix === undefined ? {} : { imatrix }),
    ...(text === undefined ? {} : { text }),
    outputs: outputs.map(outputJson),
  };
}

function outputJson(output: OutputResult): OutputJson {
  const { label, path, status, isInPlace, type, bytes, bpw, files, sidecar, recipe, engine, check, evaluation } =
    output;
  const { changes, notes, seconds, error, blockedBy } = output;
  return {
    label,
    path,
    status,
    isInPlace,
    ...(type === undefined ? {} : { type }),
    ...(bytes === undefined ? {} : { bytes }),
    ...(bpw === undefined ? {} : { bitsPerWeight: bpw }),
    files: [...files],
    ...(sidecar === undefined ? {} : { sidecar }),
    ...(recipe === undefined ? {} : { recipe }),
    ...(engine === undefined ? {} : { engine }),
    ...(check === undefined ? {} : { check }),
    ...(evaluation === undefined ? {} : { evaluation: evaluationJson(evaluation) }),
    changes: [...changes],
    notes: [...notes],
    seconds: Math.round(seconds * 1000) / 1000,
    ...(error === undefined ? {} : { error }),
    ...(blockedBy === undefined ? {} : { blockedBy }),
  };
}

function evaluationJson(evaluation: NonNullable<OutputResult['evaluation']>): OutputJson['evaluation'] {
  const { sameTop, ...figures } = evaluation;
  return { ...figures, sameTopPercent: sameTop };
}
