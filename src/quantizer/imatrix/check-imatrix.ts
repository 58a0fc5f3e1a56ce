import type { Header } from '../../gguf/model.js';
import { openFile } from '../../sources/file.js';
import { type ImatrixProblem, imatrixProblems, type Quantization } from './coverage.js';
import { type Imatrix, readImatrix } from './imatrix.js';
import { scanEntries } from './scan-entries.js';

/** What came of looking at an imatrix. */
export interface CheckedImatrix {
  readonly imatrix: Imatrix;
  readonly problems: readonly ImatrixProblem[];
}

/**
 * Reads an imatrix file with all its values and says what is wrong with using it for a quantization of a model; without
 * a recipe for any. Rejects where the file cannot be used at all, as `readImatrix`.
 */
export async function checkImatrix(
  file: string,
  model: Header,
  recipe: Quantization | undefined,
  signal?: AbortSignal,
): Promise<CheckedImatrix> {
  await using source = await openFile(file);
  const imatrix = await readImatrix(source, signal);
  const scans = await scanEntries(source, imatrix, signal);
  await source.assertUnchanged();
  return { imatrix, problems: imatrixProblems(imatrix, model, recipe, scans) };
}
