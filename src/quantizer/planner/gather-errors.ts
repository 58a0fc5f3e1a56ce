import { GgufError } from '../../errors.js';
import { type TensorInfo, tensorExtent, weightCount } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import type { TensorTypeName } from '../../gguf/tensor-types.js';
import type { Model, ModelFile } from '../quantize/open-model.js';
import { trialsOf } from './errors/error-jobs.js';
import { type ErrorJob, measureErrors, type TensorErrors } from './errors/measure-errors.js';
import type { OpenImatrix } from './importance.js';
import type { Measurements } from './measurements.js';
import type { PlanOptions } from './options.js';

/** A tensor and the types that it may get. */
export interface PlannedCandidates {
  readonly tensor: TensorInfo;
  readonly types: readonly TensorTypeName[];
}

/** The errors of all candidates, from earlier measurements where there are any. */
export async function gatherErrors(
  model: Model,
  candidates: readonly PlannedCandidates[],
  imatrix: OpenImatrix | undefined,
  kept: Measurements,
  options: PlanOptions & { readonly seed: number },
): Promise<ReadonlyMap<string, TensorErrors>> {
  const { signal, threads, onProgress, seed, childFolder } = options;
  const errors = new Map<string, Map<TensorTypeName, number>>();
  const jobs: ErrorJob[] = [];
  for (const { tensor, types } of candidates) {
    const known = new Map<TensorTypeName, number>();
    errors.set(tensor.name, known);
    for (const type of types) {
      const error = type === tensor.type ? 0 : kept.get(keyOf(tensor.name, type));
      if (error !== undefined) known.set(type, error);
    }
    const missing = types.filter((type) => !known.has(type));
    if (missing.length > 0) jobs.push(jobFor(model, tensor, missing, imatrix, seed));
  }
  let done = candidates.length - jobs.length;
  await measureErrors(jobs, {
    threads,
    signal,
    ...(childFolder === undefined ? {} : { childUrl: new URL('errors/error-child.js', childFolder) }),
    async onErrors(name, found) {
      for (const [type, error] of found) {
        errors.get(name)?.set(type, error);
        if (Number.isFinite(error)) await kept.put(keyOf(name, type), error);
      }
      done += 1;
      onProgress?.({ stage: 'errors', done, total: candidates.length, what: name });
    },
  });
  return errors;
}

function keyOf(tensor: string, type: TensorTypeName): string {
  return `error ${type} ${tensor}`;
}

function jobFor(
  model: Model,
  tensor: TensorInfo,
  types: readonly TensorTypeName[],
  imatrix: OpenImatrix | undefined,
  seed: number,
): ErrorJob {
  const { source, offset } = placeOf(model.files, tensor);
  const columns = Number(tensor.dims[0] ?? 1n);
  const matrixRows = Number(tensor.dims[1] ?? 1n);
  if (tensor.type === undefined || weightCount(tensor) === 0n) throw notThere(tensor);
  return {
    path: source.path,
    tensor: { name: tensor.name, type: tensor.type, offset, columns, matrixRows },
    trials: trialsOf(tensor, types, seed),
    importance: async () => await imatrix?.importance(tensor),
  };
}

function placeOf(files: readonly ModelFile[], tensor: TensorInfo): { source: ModelFile['source']; offset: number } {
  const file = files.find(({ header }) => header.tensors.includes(tensor));
  const extent = file === undefined ? undefined : tensorExtent(file.header, tensor);
  if (file === undefined || extent === undefined) throw notThere(tensor);
  return { source: file.source, offset: extent.offset };
}

function notThere({ name }: TensorInfo): GgufError {
  const expected = 'weights that lie in the file';
  const what = `tensor ${quoted(name)}`;
  return new GgufError('bad-value', `${what} has no ${expected}`, { what, found: 'none', expected });
}
