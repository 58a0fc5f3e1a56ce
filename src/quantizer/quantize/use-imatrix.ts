import { badOption, GgufError } from '../../errors.js';
import type { Header } from '../../gguf/model.js';
import { checkImatrix } from '../imatrix/check-imatrix.js';
import { severityOf } from '../imatrix/coverage.js';
import { describeImatrixProblem } from '../imatrix/describe-problem.js';
import type { Imatrix } from '../imatrix/imatrix.js';
import { tensorsNeedingImatrix } from '../recipes/imatrix-need.js';
import type { ResolvedRecipe } from '../recipes/resolved.js';

/** An importance matrix that a run uses, and what is wrong with it for this run, as sentences. */
export interface ImatrixUse {
  readonly path: string;
  readonly imatrix: Imatrix;
  readonly notes: readonly string[];
}

/**
 * Reads an importance matrix and judges it for a recipe. Rejects with `mismatch` where llama-quantize would stop in
 * the middle of the work: a tensor without data in a type that needs some, another model's matrix, a NaN.
 */
export async function useImatrix(
  path: string,
  header: Header,
  recipe: ResolvedRecipe,
  signal?: AbortSignal,
): Promise<ImatrixUse> {
  const { imatrix, problems } = await checkImatrix(path, header, recipe, signal);
  const fatal = problems.filter((problem) => severityOf(problem) === 'aborts').map(describeImatrixProblem);
  const [first, ...others] = fatal;
  if (first !== undefined) {
    const what = `${path}: ${first}${others.length > 0 ? ` (and ${others.length} more)` : ''}`;
    const expected = 'an importance matrix for this model and recipe';
    throw new GgufError('mismatch', what, { path, what: 'importance matrix', found: fatal.join('; '), expected });
  }
  const notes = problems.filter((problem) => severityOf(problem) === 'worse').map(describeImatrixProblem);
  return { path, imatrix, notes };
}

/** Throws `bad-option` where a recipe cannot be made without an importance matrix. */
export function refuseMissingImatrix(recipe: ResolvedRecipe): void {
  const needing = tensorsNeedingImatrix(recipe);
  const [first] = needing;
  if (first === undefined) return;
  throw badOption(
    `${needing.length} tensors, such as ${first.tensor.name} (${first.type}), cannot be made without an importance matrix: give --imatrix FILE (ggufix imatrix make makes one)`,
  );
}
