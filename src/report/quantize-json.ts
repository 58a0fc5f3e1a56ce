import { evaluationJson } from './evaluation/json.js';
import { findingJson } from './finding-json.js';
import { type QuantizeReport, typeRows } from './quantize.js';
import type { QuantizeDocument, QuantizedDocument } from './quantize-schema.js';

/** The document that `ggufix quantize --json` prints of a quant; `quantizeDocumentSchema` describes it. */
export function quantizeDocument(report: QuantizeReport): QuantizedDocument {
  const { source, out, status, recipe, recipeHash, engine, bytes, bpw, outputs, findings, notes, seconds, evaluation } =
    report;
  return {
    schema: 'ggufix.quantize/1',
    source,
    output: out,
    outputs: [...outputs],
    status,
    recipe: { name: recipe.name, fileType: recipe.fileType, sha256: recipeHash },
    engine,
    bytes,
    bitsPerWeight: bpw,
    types: typeRows(recipe).map(({ bytes: size, ...row }) => ({ ...row, bytes: Math.round(size) })),
    tensors: recipe.choices.map(({ tensor, type, why }) => ({ name: tensor.name, type, why })),
    ...(report.sidecar === undefined ? {} : { sidecar: report.sidecar }),
    ...(report.sourceHash === undefined ? {} : { sourceSha256: report.sourceHash }),
    findings: findings.map(findingJson),
    notes: [...notes],
    ...(report.plan === undefined ? {} : { plan: report.plan.recipe.plan }),
    seconds: Math.round(seconds * 1000) / 1000,
    ...(evaluation === undefined ? {} : { evaluation: evaluationJson(evaluation) }),
  };
}

/** The document that it prints where nothing was made, or would be, of this source. */
export function failedQuantizeDocument(
  source: string,
  error: { readonly code: string; readonly message: string },
): QuantizeDocument {
  return { schema: 'ggufix.quantize/1', source, status: 'failed', error };
}
