import { GgufError } from '../errors.js';
import { blockWeights, rowBytes } from '../gguf/tensor-types.js';
import { readFully, writeFully } from './file-io.js';
import { addSums, type ConversionError, type Converter, TILE_WEIGHTS } from './kernels/converter.js';
import { DEQUANTIZE, type DequantizableType } from './kernels/index.js';
import type { ConvertRange, Measure, RangeResult } from './protocol.js';

/** Weights of a tile that `sample` measures: 1 in 64, evenly spread over the tensor. */
const SAMPLE_WEIGHTS = 4096;

/**
 * Reads a range of weights, converts it and writes the result, one tile at a time, so that memory does not depend on
 * its size. Throws `non-finite-weight` or `unsupported-conversion` before the tile with such a weight is written.
 */
export function convertRange(task: ConvertRange, converter: Converter): RangeResult {
  const { from, to, first, count, measure } = task;
  const sums = { sumSquared: 0, sumSquaredError: 0 };
  for (let done = 0; done < count; done += TILE_WEIGHTS) {
    const weights = Math.min(TILE_WEIGHTS, count - done);
    const start = first + done;
    const source = converter.input.subarray(0, rowBytes(from.type, weights));
    readFully(from.fd, source, from.offset + rowBytes(from.type, start));
    const verdict = converter.convert(from.type, to.type, weights);
    if (verdict !== 'ok') refuse(task, start, weights, converter);
    const result = converter.output.subarray(0, rowBytes(to.type, weights));
    writeFully(to.fd, result, to.offset + rowBytes(to.type, start));
    addSums(sums, measureTile(task, weights, measure, converter));
  }
  return { bytesWritten: rowBytes(to.type, count), ...sums };
}

function measureTile(
  { from, to }: ConvertRange,
  weights: number,
  measure: Measure,
  converter: Converter,
): ConversionError {
  if (measure === 'none') return { sumSquared: 0, sumSquaredError: 0 };
  const measured = measure === 'all' ? weights : Math.min(weights, SAMPLE_WEIGHTS);
  return converter.measure(from.type, to.type, measured);
}

/** Finds the weight that makes a tile unusable, and throws. Slow, but nothing comes after it. */
function refuse(task: ConvertRange, start: number, weights: number, converter: Converter): never {
  const { tensor, rowWeights, from, to } = task;
  const before = dequantize(from.type, converter.input, weights);
  const bad = before.findIndex((weight) => !Number.isFinite(weight));
  const index =
    bad >= 0 ? bad : tooLarge(before, dequantize(to.type, converter.output, weights), blockWeights(to.type));
  const [row, element] = [Math.floor((start + index) / rowWeights), (start + index) % rowWeights];
  const weight = before[index]!;
  const place = `of tensor '${tensor}', row ${row}, element ${element}`;
  if (bad < 0) {
    const problem = `weight ${weight} ${place} is beyond the range of ${to.type}`;
    throw new GgufError('unsupported-conversion', problem, { tensor, from: from.type, to: to.type });
  }
  const value = Number.isNaN(weight) ? 'NaN' : 'Inf';
  throw new GgufError('non-finite-weight', `weight ${place} is ${value}`, { tensor, row, element, value });
}

/** The largest weight of the first block whose scale became infinite. */
function tooLarge(before: Float32Array, after: Float32Array, block: number): number {
  const bad = after.findIndex((weight) => !Number.isFinite(weight));
  const start = Math.floor(bad / block) * block;
  const magnitudes = before.subarray(start, start + block).map(Math.abs);
  return start + magnitudes.indexOf(Math.max(...magnitudes));
}

function dequantize(type: DequantizableType, blocks: Uint8Array, weights: number): Float32Array {
  const values = new Float32Array(weights);
  DEQUANTIZE[type](blocks.subarray(0, rowBytes(type, weights)), values);
  return values;
}
