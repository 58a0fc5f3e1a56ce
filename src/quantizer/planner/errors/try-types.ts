import { GgufError } from '../../../errors.js';
import { rowBytes, type TensorTypeName } from '../../../gguf/tensor-types.js';
import { openFile } from '../../../sources/file.js';
import type { Source } from '../../../sources/source.js';
import { isDequantizable } from '../../../tensors/kernels/supported.js';
import { dequantizeRows } from '../../../tensors/rows.js';
import type { QuantizeMatrix } from './ggml-quantizer.js';
import type { ErrorAnswer, ErrorQuestion } from './protocol.js';
import { type ErrorSums, relativeError, weightedError } from './weighted-error.js';

/** Reads the rows, quantizes them in each type, reads the result back and compares. */
export async function tryTypes(question: ErrorQuestion, quantize: QuantizeMatrix): Promise<ErrorAnswer> {
  const { path, tensor, trials } = question;
  await using source = await openFile(path);
  const rowsRead = new Map<number, Float32Array>();
  for (const row of new Set(trials.flatMap(({ rows }) => rows))) {
    const weights = await readRow(source, tensor, row);
    const element = weights.findIndex((weight) => !Number.isFinite(weight));
    if (element >= 0) {
      return { kind: 'bad-weight', row, element, value: Number.isNaN(weights[element]) ? 'NaN' : 'Inf' };
    }
    rowsRead.set(row, weights);
  }
  const errors = trials.map(({ type, rows }) => {
    const matrices = byMatrix(rows, tensor.matrixRows);
    return relativeError(
      [...matrices].map(([matrix, own]) => {
        const weights = joined(own.map((row) => rowsRead.get(row)));
        return tryMatrix(weights, type, tensor.columns, importanceOf(question, matrix), quantize);
      }),
    );
  });
  return { kind: 'errors', errors };
}

async function readRow(source: Source, tensor: ErrorQuestion['tensor'], row: number): Promise<Float32Array> {
  const { name, type, columns, offset } = tensor;
  if (!isDequantizable(type)) {
    const details = { tensor: name, from: type, to: 'F32' };
    throw new GgufError('unsupported-conversion', `tensor ${name} is ${type}, which cannot be read`, details);
  }
  const length = rowBytes(type, columns);
  return dequantizeRows(type, await source.read(offset + row * length, length));
}

/** The rows of each matrix of a tensor. */
function byMatrix(rows: readonly number[], matrixRows: number): ReadonlyMap<number, number[]> {
  const matrices = new Map<number, number[]>();
  for (const row of rows) {
    const matrix = Math.floor(row / matrixRows);
    const own = matrices.get(matrix);
    if (own === undefined) matrices.set(matrix, [row]);
    else own.push(row);
  }
  return matrices;
}

function joined(rows: readonly (Float32Array | undefined)[]): Float32Array {
  const present = rows.filter((row) => row !== undefined);
  const all = new Float32Array(present.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const row of present) {
    all.set(row, at);
    at += row.length;
  }
  return all;
}

/** An imatrix of a single matrix serves all: so the old format has it. */
function importanceOf({ importance, tensor: { columns } }: ErrorQuestion, matrix: number): Float32Array | undefined {
  if (importance === undefined || importance.length === columns) return importance;
  return importance.subarray(matrix * columns, (matrix + 1) * columns);
}

function tryMatrix(
  weights: Float32Array,
  type: TensorTypeName,
  columns: number,
  importance: Float32Array | undefined,
  quantize: QuantizeMatrix,
): ErrorSums {
  if (!isDequantizable(type)) return { error: Number.NaN, signal: 1 };
  const copies = dequantizeRows(type, quantize(type, weights, columns, importance));
  return weightedError({ weights, copies, columns, importance });
}
