import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { EngineJob } from '../engine/engine-arguments.js';
import { parseBaseType, takesOverrides } from '../recipes/base-types.js';
import { toTensorTypeFile } from '../recipes/tensor-type-file.js';
import type { QuantizeRequest } from './request.js';

/** A job, and the folder that the engine is to run in. */
export interface PlacedJob extends EngineJob {
  readonly folder: string;
}

/** Writes what an engine needs into `folder`, and says what it has to do there. */
export async function placeJob(folder: string, request: QuantizeRequest): Promise<PlacedJob> {
  const { model, out, recipe, imatrix, preparation, allowRequantize, threads, maxBufferMiB } = request;
  const keepSplit = preparation.written.length > 1;
  return {
    // The importance matrix's name becomes a key of the result: its folder's name is nobody's business.
    folder: imatrix === undefined ? folder : path.dirname(path.resolve(imatrix)),
    imatrix: imatrix === undefined ? undefined : path.basename(imatrix),
    input: path.resolve(model.files[0].source.path),
    output: path.join(folder, keepSplit ? setName(out) : path.basename(path.resolve(out))),
    fileType: recipe.fileType,
    threads,
    dryRun: false,
    tensorTypeFile: await writeTypes(folder, request),
    keys: preparation.keys,
    allowRequantize,
    keepSplit,
    maxBufferMiB,
  };
}

/**
 * The name that an engine is to make the names of shards from. llama-quantize takes the last five characters off a path that
 * has `.gguf` anywhere in it, be they `.gguf` or not: whatever the result is called, here it ends so.
 */
function setName(out: string): string {
  return `${path.basename(path.resolve(out)).replace(/\.gguf$/i, '')}.gguf`;
}

/** llama-quantize ignores types of tensors for the plain file types. */
async function writeTypes(folder: string, { recipe }: QuantizeRequest): Promise<string | undefined> {
  const base = parseBaseType(recipe.fileType);
  if (base !== undefined && !takesOverrides(base)) return undefined;
  const file = path.join(folder, 'tensor-types.txt');
  await writeFile(file, toTensorTypeFile(recipe), { mode: 0o600 });
  return file;
}
