import path from 'node:path';
import { MAX_RECIPE_TEXT } from '../../limits.js';
import { hashFiles } from '../../sources/hash-files.js';
import type { Engine } from '../engine/engine.js';
import { parseBaseType, takesOverrides } from '../recipes/base-types.js';
import type { QuantizeRequest, QuantizeResult } from './request.js';
import { sidecarFile } from './sidecar.js';

/** Whether a result of a file type has a sidecar: one of a plain type, the same for all tensors, has no recipe. */
export function hasSidecar(fileType: string): boolean {
  const base = parseBaseType(fileType);
  return base === undefined || takesOverrides(base);
}

/** The text of a result's sidecar. Reads the importance matrix, for its hash. */
export async function sidecarText(
  { recipe, model, out, preparation, imatrix, plan }: QuantizeRequest,
  {
    engine,
    engineVersion,
    sourceHash,
  }: Pick<QuantizeResult, 'engineVersion' | 'sourceHash'> & { readonly engine: Engine },
): Promise<string> {
  const provenance = {
    quantizedBy: preparation.quantizedBy,
    engine: `${engine.kind} ${engineVersion}`.slice(0, MAX_RECIPE_TEXT),
    source: { file: path.basename(model.files[0].source.path), sha256: sourceHash },
    ...(imatrix === undefined ? {} : { imatrix: { file: path.basename(imatrix), sha256: await hashFiles([imatrix]) } }),
  };
  const file = sidecarFile({ recipe, header: model.header, output: out, provenance, plan });
  return `${JSON.stringify(file, null, 2)}\n`;
}
