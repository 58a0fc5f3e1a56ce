import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { nameStem } from '../../batch/manifest/name-stem.js';
import { kindOf } from '../../checks/facts/keys.js';
import { dominatingType } from '../../checks/facts/mix.js';
import { GgufError, isGgufError } from '../../errors.js';
import { fatalProblem } from '../../gguf/model.js';
import { readHeader } from '../../gguf/parse.js';
import { openFile } from '../../sources/file.js';
import { wholeModels } from '../../sources/whole-models.js';

/** A model that quants can be made of. */
export interface BatchModel {
  readonly source: string;
  /** The imatrix beside it. */
  readonly imatrix?: string;
}

/**
 * The models in a folder, at any depth, whose weights are F32, F16 or BF16, each with the imatrix beside it. Files that
 * cannot be read are left out: `ggufix check` says what is wrong with them. Rejects with `source-unreadable` where the
 * folder cannot be read.
 */
export async function findBatchModels(folder: string, signal: AbortSignal): Promise<BatchModel[]> {
  await namesIn(folder);
  const sources: string[] = [];
  for (const file of await wholeModels([folder], [])) if (await isSource(file, signal)) sources.push(file);
  const models: BatchModel[] = [];
  for (const source of sources) {
    const beside = await imatrixFiles(path.dirname(source));
    const isAlone = sources.filter((other) => path.dirname(other) === path.dirname(source)).length === 1;
    const imatrix = chooseImatrix(source, beside, isAlone);
    models.push(imatrix === undefined ? { source } : { source, imatrix: path.join(path.dirname(source), imatrix) });
  }
  return models;
}

/**
 * The one of the imatrix files that is of a model: the only one that is named after it or, where the model is alone in its
 * folder, the only one. What is not certain is left to the user: an imatrix of another model makes quants worse. Pure.
 */
export function chooseImatrix(model: string, files: readonly string[], isAlone: boolean): string | undefined {
  const stem = nameStem(model).model.toLowerCase();
  const named = files.filter((file) => isNamedAfter(file.toLowerCase(), stem));
  const [only, second] = named.length > 0 || !isAlone ? named : files;
  return second === undefined ? only : undefined;
}

/** `gemma-3n.imatrix.gguf` and `imatrix-gemma-3n-BF16.dat` are of `gemma-3n`, and not of `gemma-3`. */
function isNamedAfter(file: string, stem: string): boolean {
  const rest = path.parse(file).name.replace(/[-._]?imatrix[-._]?/, '');
  return nameStem(rest).model === stem;
}

async function isSource(file: string, signal: AbortSignal): Promise<boolean> {
  try {
    await using source = await openFile(file);
    const header = await readHeader(source, signal);
    if (fatalProblem(header) !== undefined || kindOf(header) !== 'model') return false;
    return SOURCE_TYPES.includes(dominatingType(header) ?? '');
  } catch (error) {
    if (isGgufError(error, 'source-unreadable') || isGgufError(error, 'truncated')) return false;
    throw error;
  }
}

const SOURCE_TYPES: readonly string[] = ['F32', 'F16', 'BF16'];

/** Files that call themselves one, in both formats: `imatrix.dat`, `model.imatrix.gguf`, `imatrix.gguf_file`. */
async function imatrixFiles(folder: string): Promise<string[]> {
  const names = await namesIn(folder);
  return names.filter((name) => /imatrix/i.test(name) && /\.(dat|gguf|gguf_file|imatrix)$/i.test(name)).sort();
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new GgufError('source-unreadable', `cannot read folder ${folder}: ${why}`, { uri: folder }, { cause });
  }
}
