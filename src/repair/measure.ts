import type { Edit } from '../edit/edits.js';
import { fileChanged } from '../edit/file-changed.js';
import { GgufError } from '../errors.js';
import { findTensor, type Header, type TensorInfo, tensorExtent } from '../gguf/model.js';
import { rowBytes, type TensorTypeName } from '../gguf/tensor-types.js';
import { isSameFile, openFile } from '../sources/file.js';
import type { Source } from '../sources/source.js';
import { DEQUANTIZE, isDequantizable, isQuantizable, QUANTIZE } from '../tensors/kernels/index.js';

/** The error that writing a tensor as another type adds. */
export interface MeasuredConversion {
  readonly tensor: string;
  /** The type that the weights come from, and the one that they are written as. */
  readonly from: TensorTypeName;
  readonly to: TensorTypeName;
  /** Root mean square of the error, divided by that of the weights. */
  readonly relativeRmse: number;
  /** Whether only some of the rows were measured. */
  readonly isSampled: boolean;
}

type RetypeTensor = Extract<Edit, { op: 'retype-tensor' }>;

/** Weights measured at most: the relative error of a million is within a few thousandths of that of all. */
const MAX_SAMPLED_WEIGHTS = 2 ** 20;

/** Weights measured of one row at most; a multiple of every block. */
const MAX_ROW_WEIGHTS = 2 ** 16;

/**
 * Measures what each conversion among `edits` will do to the weights, on evenly spaced rows. Reads a few MB of `source`
 * or of the files that the weights are taken from. Rejects with `non-finite-weight` or `unsupported-conversion` where a
 * weight that it meets cannot be written.
 */
export async function measureConversions(
  source: Source,
  header: Header,
  edits: readonly Edit[],
): Promise<MeasuredConversion[]> {
  const lastOfEach = new Map<string, RetypeTensor>();
  for (const edit of edits) if (edit.op === 'retype-tensor') lastOfEach.set(edit.name, edit);
  const measured: MeasuredConversion[] = [];
  for (const edit of lastOfEach.values()) measured.push(await measureEdit(source, header, edit));
  return measured;
}

async function measureEdit(
  source: Source,
  header: Header,
  { name, to, origin }: RetypeTensor,
): Promise<MeasuredConversion> {
  const tensor = findTensor(header, name);
  if (tensor === undefined) throw new GgufError('not-found', `there is no tensor '${name}'`, { kind: 'tensor', name });
  if (origin !== undefined) {
    await using other = await openFile(origin.path);
    if (origin.identity !== undefined && !isSameFile(origin.identity, other.identity)) throw fileChanged(origin.path);
    return await measure({ source: other, offset: origin.offset, tensor, from: origin.type, to });
  }
  const extent = tensorExtent(header, tensor);
  if (tensor.type === undefined || extent === undefined) {
    throw new GgufError('refused-by-writer', `the data of tensor '${name}' is not in the file`, { what: name });
  }
  return await measure({ source, offset: extent.offset, tensor, from: tensor.type, to });
}

/** Weights of one type at a place, to be written as another. */
interface Job {
  readonly source: Source;
  readonly offset: number;
  readonly tensor: TensorInfo;
  readonly from: TensorTypeName;
  readonly to: TensorTypeName;
}

async function measure(job: Job): Promise<MeasuredConversion> {
  const { source, offset, tensor, from, to } = job;
  const { rows, rowWeights, width, sampledRows } = sampleOf(tensor);
  const roundTrip = roundTripOf(job, width);
  const sums = { error: 0, weight: 0 };
  for (let i = 0; i < sampledRows; i += 1) {
    const row = Math.floor((i * rows) / sampledRows);
    const blocks = await source.read(offset + row * rowBytes(from, rowWeights), rowBytes(from, width));
    addRow(sums, roundTrip(blocks), { tensor: tensor.name, row, to, from });
  }
  const relativeRmse = sums.weight === 0 ? 0 : Math.sqrt(sums.error / sums.weight);
  return { tensor: tensor.name, from, to, relativeRmse, isSampled: sampledRows < rows || width < rowWeights };
}

/** Which rows are measured, and how much of each. */
function sampleOf({ dims }: TensorInfo) {
  const rowWeights = Number(dims[0] ?? 1n);
  const rows = Number(dims.slice(1).reduce((product, dim) => product * dim, 1n));
  const width = Math.min(rowWeights, MAX_ROW_WEIGHTS);
  const sampledRows = Math.min(rows, Math.max(1, Math.floor(MAX_SAMPLED_WEIGHTS / Math.max(1, width))));
  return { rows, rowWeights, width, sampledRows };
}

/** A row's weights before and after the conversion. Both arrays are used again for the next row. */
interface RoundTrip {
  readonly weights: Float32Array;
  readonly written: Float32Array;
}

function roundTripOf({ tensor, from, to }: Job, width: number): (blocks: Uint8Array) => RoundTrip {
  if (!isDequantizable(from) || !isQuantizable(to)) {
    const problem = `tensor '${tensor.name}' cannot be converted from ${from} to ${to}`;
    throw new GgufError('unsupported-conversion', problem, { tensor: tensor.name, from, to });
  }
  const weights = new Float32Array(width);
  const written = new Float32Array(width);
  const blocks = new Uint8Array(rowBytes(to, width));
  return (source) => {
    DEQUANTIZE[from](source, weights);
    QUANTIZE[to](weights, blocks);
    DEQUANTIZE[to](blocks, written);
    return { weights, written };
  };
}

/** Where a row stands, for messages. */
interface RowPlace {
  readonly tensor: string;
  readonly row: number;
  readonly from: TensorTypeName;
  readonly to: TensorTypeName;
}

function addRow(sums: { error: number; weight: number }, { weights, written }: RoundTrip, place: RowPlace): void {
  // First the weights: one that is not finite spoils its whole block, and must itself be named. Counted by hand: iterators
  // of typed arrays make garbage of each weight, which took longer than the conversion.
  for (let element = 0; element < weights.length; element += 1) {
    const weight = weights[element]!;
    if (!Number.isFinite(weight)) refuseWeight(weight, element, place);
  }
  for (let element = 0; element < weights.length; element += 1) {
    const weight = weights[element]!;
    const error = weight - written[element]!;
    if (!Number.isFinite(error)) refuseRange(weight, element, place);
    sums.weight += weight * weight;
    sums.error += error * error;
  }
}

function refuseWeight(weight: number, element: number, { tensor, row }: RowPlace): never {
  const value = Number.isNaN(weight) ? 'NaN' : 'Inf';
  const problem = `weight ${element} of row ${row} of tensor '${tensor}' is ${value}`;
  throw new GgufError('non-finite-weight', problem, { tensor, row, element, value });
}

function refuseRange(weight: number, element: number, { tensor, row, from, to }: RowPlace): never {
  const problem = `weight ${element} of row ${row} of tensor '${tensor}' is ${weight}, beyond the range of ${to}`;
  throw new GgufError('unsupported-conversion', problem, { tensor, from, to });
}
