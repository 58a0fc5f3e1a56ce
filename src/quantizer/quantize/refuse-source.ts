import { GgufError } from '../../errors.js';
import { describeProblem } from '../../gguf/describe-problem.js';
import { type TensorInfo, tensorExtent } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { REJECTED_BY } from '../../gguf/problems.js';
import { blockBytes, blockWeights, type TensorTypeName } from '../../gguf/tensor-types.js';
import { isDequantizable } from '../../tensors/kernels/supported.js';
import type { WorkerPool } from '../../tensors/pool.js';
import { dequantizeRows } from '../../tensors/rows.js';
import type { TensorScan } from '../../tensors/scan/data-scan.js';
import { scanTensors } from '../../tensors/scan/scan-tensors.js';
import { isQuantizable } from '../recipes/quantizable.js';
import type { ResolvedRecipe } from '../recipes/resolved.js';
import type { Model, ModelFile } from './open-model.js';

/** Types whose weights are as good as the model has them. */
const PRECISE: readonly (TensorTypeName | undefined)[] = ['F32', 'F16', 'BF16'];

/** Throws `header-unreadable` where llama.cpp would not load a file of the model. */
export function refuseBroken({ files }: Model): void {
  for (const { source, header } of files) {
    const problem = header.problems.find(({ code }) => REJECTED_BY[code] !== 'nobody');
    if (problem === undefined) continue;
    const what = `${source.uri}: ${describeProblem(problem)}; ggufix check says more`;
    throw new GgufError('header-unreadable', what, { at: problem.place.offset, problem: problem.code });
  }
}

/** Throws `unsupported-conversion` where a tensor that would be converted is quantized already. */
export function refuseQuantized({ choices }: ResolvedRecipe): void {
  const found = choices.find(({ tensor, type }) => tensor.type !== type && !PRECISE.includes(tensor.type));
  if (found !== undefined) throw quantizedAlready(found.tensor, found.type);
}

/** As `refuseQuantized`, where the types are still to be planned: most of a plan's tensors change theirs. */
export function refuseQuantizedModel({ header }: Pick<Model, 'header'>): void {
  const found = header.tensors.find((tensor) => isQuantizable(tensor) && !PRECISE.includes(tensor.type));
  if (found !== undefined) throw quantizedAlready(found, 'a planned type');
}

function quantizedAlready(tensor: TensorInfo, to: string): GgufError<'unsupported-conversion'> {
  const from = tensor.type ?? `type ${tensor.typeId}`;
  return new GgufError(
    'unsupported-conversion',
    `tensor ${quoted(tensor.name)} is ${from} already, and quantizing it again loses more than quantizing the original; take an F16 or BF16 file, or say --allow-requantize`,
    { tensor: tensor.name, from, to },
  );
}

/** How a scan of a model's weights reports and stops. `onProgress` gets the bytes read since its last call. */
export interface ScanModelOptions {
  readonly pool: WorkerPool;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((bytes: number) => void) | undefined;
  /** How a file is called in messages, from its path; as it is where absent. */
  readonly nameOf?: ((path: string) => string) | undefined;
}

/** Reads all weights of a model and rejects with `non-finite-weight` at the first that is NaN or infinite. */
export async function refuseNonFinite(
  { files }: Model,
  { nameOf = (path) => path, ...options }: ScanModelOptions,
): Promise<void> {
  for (const file of files) {
    const scans = await scanTensors(file.source, file.header, options);
    for (const [tensor, scan] of scans) {
      if (scan.firstBad === undefined) continue;
      throw nonFinite(nameOf(file.source.path), tensor, scan, await badWeight(file, tensor, scan.firstBad));
    }
  }
}

function nonFinite(
  file: string,
  tensor: TensorInfo,
  { nan, infinite, badBlocks }: TensorScan,
  { weight, value }: BadWeight,
): GgufError<'non-finite-weight'> {
  const rowLength = Number(tensor.dims[0] ?? 1n);
  const row = Math.floor(weight / rowLength);
  const element = weight % rowLength;
  const all = nan + infinite + badBlocks;
  const others = all > 1 ? ` (the first of ${all} ${badBlocks > 0 ? 'blocks' : 'weights'})` : '';
  return new GgufError(
    'non-finite-weight',
    `${file}: tensor ${quoted(tensor.name)} holds ${value} in row ${row}, element ${element}, counted from 0${others}`,
    { tensor: tensor.name, row, element, value },
  );
}

/** A weight that is no finite number, by its place in the tensor. */
interface BadWeight {
  readonly weight: number;
  readonly value: 'NaN' | 'Inf';
}

/** The weight itself: a scan says of a block only that its scale is bad. */
async function badWeight({ source, header }: ModelFile, tensor: TensorInfo, block: number): Promise<BadWeight> {
  const { type } = tensor;
  const extent = tensorExtent(header, tensor);
  if (type === undefined || extent === undefined) return { weight: block, value: 'NaN' };
  const first = block * blockWeights(type);
  if (!isDequantizable(type)) return { weight: first, value: 'NaN' };
  const bytes = await source.read(extent.offset + block * blockBytes(type), blockBytes(type));
  const weights = dequantizeRows(type, bytes);
  const at = Math.max(
    0,
    weights.findIndex((weight) => !Number.isFinite(weight)),
  );
  return { weight: first + at, value: Number.isNaN(weights[at]) ? 'NaN' : 'Inf' };
}
