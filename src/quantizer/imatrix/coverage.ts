import type { Header, TensorInfo } from '../../gguf/model.js';
import type { TensorTypeName } from '../../gguf/tensor-types.js';
import { isQuantizable } from '../recipes/quantizable.js';
import type { ResolvedRecipe } from '../recipes/resolved.js';
import { expectedValues } from './expected-values.js';
import type { Imatrix } from './imatrix.js';
import { isEmbedding, needsImatrix } from './requires-imatrix.js';
import type { EntryScan, NonFiniteWeight } from './scan-entries.js';
import { type UnseenReason, unseenReasons } from './unseen.js';

/** What is wrong with using an imatrix for a quantization. */
export type ImatrixProblem =
  /** A weight is NaN or infinite, which llama-quantize refuses wherever it stands. */
  | ({ readonly kind: 'non-finite'; readonly tensor: string } & NonFiniteWeight)
  /** The entry has another number of values than the tensor has columns and matrices. */
  | { readonly kind: 'size'; readonly tensor: string; readonly found: number; readonly expected: number }
  /** There is no entry of some tensors, which miss it for the same reason and become the same type. */
  | NoData
  /** No token reached some matrices (experts) of a tensor: how many of how many, and the first of them. */
  | {
      readonly kind: 'uncounted';
      readonly tensor: string;
      readonly count: number;
      readonly of: number;
      readonly first: readonly number[];
    }
  /** Entries of tensors that the model does not have, of all entries. */
  | { readonly kind: 'unmatched'; readonly entries: readonly string[]; readonly of: number };

/** Tensors without an entry that get a type which would use it, or cannot do without (`isNeeded`). */
export interface NoData {
  readonly kind: 'no-data';
  readonly tensors: readonly string[];
  /** Absent where no recipe says it. */
  readonly type?: TensorTypeName;
  readonly why: UnseenReason;
  readonly isNeeded: boolean;
}

/** `aborts` ends the run of llama-quantize, `worse` costs quality that could be had, `note` is as it must be. */
export type ImatrixSeverity = 'aborts' | 'worse' | 'note';

/** A recipe as far as the imatrix is concerned. */
export type Quantization = Pick<ResolvedRecipe, 'fileType' | 'choices'>;

/**
 * What is wrong with using `imatrix` for a quantization of the model, each kind in the order of the tensors; without a
 * recipe, for any quantization of all tensors that llama-quantize changes. Pure: what the values say comes from `scanEntries`;
 * without `scans` no value and no count is judged. llama-quantize's own `--dry-run` finds none of this.
 */
export function imatrixProblems(
  imatrix: Imatrix,
  header: Header,
  recipe: Quantization | undefined,
  scans: readonly EntryScan[] = [],
): ImatrixProblem[] {
  const scanOf = new Map(scans.map((scan) => [scan.name, scan]));
  const reasonOf = unseenReasons(header);
  const ofTensors = changedTensors(header, recipe).flatMap(({ tensor, type }): ImatrixProblem[] => {
    const { name } = tensor;
    const entry = imatrix.entries.get(name);
    if (entry === undefined) return noData(name, type, recipe?.fileType, reasonOf(name));
    const found = entry.columns * entry.matrices;
    const expected = expectedValues(tensor);
    if (found !== expected) return [{ kind: 'size', tensor: name, found, expected }];
    return isUseless(type) ? [] : uncounted(scanOf.get(name), entry.matrices);
  });
  return [...scans.flatMap(nonFinite), ...gathered(ofTensors), ...unmatched(imatrix, header)];
}

/** How bad a problem is. */
export function severityOf(problem: ImatrixProblem): ImatrixSeverity {
  switch (problem.kind) {
    case 'non-finite':
      return 'aborts';
    case 'size':
      return isEmbedding(problem.tensor) ? 'note' : 'aborts';
    case 'no-data':
      if (problem.isNeeded) return 'aborts';
      return problem.why === 'unknown' || problem.why === 'prediction' ? 'worse' : 'note';
    case 'uncounted':
      return 'worse';
    case 'unmatched':
      return problem.entries.length === problem.of ? 'worse' : 'note';
  }
}

/** A tensor that is changed, and what it becomes if that is known. */
interface Changed {
  readonly tensor: TensorInfo;
  readonly type?: TensorTypeName;
}

function changedTensors({ tensors }: Header, recipe: Quantization | undefined): readonly Changed[] {
  if (recipe === undefined) return tensors.filter(isQuantizable).map((tensor) => ({ tensor }));
  return recipe.choices.filter(({ tensor, type }) => tensor.type !== type);
}

/** Types that come out the same with and without an imatrix (ggml 0.27, ggml-quants.c: their quantizers ignore it). */
const USELESS: readonly TensorTypeName[] = [
  ...(['F32', 'F16', 'BF16', 'Q8_0', 'MXFP4', 'NVFP4', 'Q1_0', 'Q2_0', 'TQ1_0', 'TQ2_0'] as const),
];

function isUseless(type: TensorTypeName | undefined): boolean {
  return type !== undefined && USELESS.includes(type);
}

function noData(
  tensor: string,
  type: TensorTypeName | undefined,
  fileType: string | undefined,
  why: UnseenReason,
): ImatrixProblem[] {
  const isNeeded = type !== undefined && needsImatrix(type, tensor, fileType ?? '');
  // No imatrix knows an embedding, so there is nothing to say.
  if (!isNeeded && (isUseless(type) || isEmbedding(tensor))) return [];
  return [{ kind: 'no-data', tensors: [tensor], why, isNeeded, ...(type === undefined ? {} : { type }) }];
}

/** One problem for all tensors that lack data in the same way, before the others. */
function gathered(problems: readonly ImatrixProblem[]): readonly ImatrixProblem[] {
  const alike = new Map<string, NoData>();
  const keyOf = ({ type, why, isNeeded }: NoData): string => `${type ?? ''} ${why} ${isNeeded}`;
  for (const problem of problems) {
    if (problem.kind !== 'no-data') continue;
    const before = alike.get(keyOf(problem))?.tensors ?? [];
    alike.set(keyOf(problem), { ...problem, tensors: [...before, ...problem.tensors] });
  }
  return [...alike.values(), ...problems.filter(({ kind }) => kind !== 'no-data')];
}

function uncounted(scan: EntryScan | undefined, of: number): ImatrixProblem[] {
  if (scan === undefined || scan.uncounted.count === 0) return [];
  return [{ kind: 'uncounted', tensor: scan.name, of, ...scan.uncounted }];
}

function nonFinite({ name, nonFinite: weight }: EntryScan): ImatrixProblem[] {
  return weight === undefined ? [] : [{ kind: 'non-finite', tensor: name, ...weight }];
}

function unmatched({ entries }: Imatrix, { tensors }: Header): ImatrixProblem[] {
  const known = new Set(tensors.map(({ name }) => name));
  const strangers = [...entries.keys()].filter((name) => !known.has(name));
  return strangers.length === 0 ? [] : [{ kind: 'unmatched', entries: strangers, of: entries.size }];
}
