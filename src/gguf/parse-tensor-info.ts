import { MAX_DIMENSIONS, MAX_NAME_BYTES, MAX_TENSOR_NAME_BYTES, SIZE_MAX } from '../limits.js';
import type { ByteCursor } from './cursor.js';
import { productFits, tensorBytes } from './layout.js';
import type { TensorInfo } from './model.js';
import type { ProblemCode, ProblemData } from './problems.js';
import { blockWeights, REMOVED_TENSOR_TYPES, type TensorTypeName, tensorTypeById } from './tensor-types.js';
import { decodeText, identityOf } from './text.js';

/** More dimensions than this and the count itself must be damaged, so nothing behind it can be found. */
const MAX_READABLE_DIMENSIONS = 64;

type FoundProblem = { [C in ProblemCode]: { readonly code: C; readonly data: ProblemData[C] } }[ProblemCode];

/** One parsed tensor info without its bytes, and what is wrong with it. */
export interface ParsedInfo {
  readonly identity: string;
  readonly rest: Omit<TensorInfo, 'raw' | 'offset'>;
  readonly problems: readonly FoundProblem[];
}

interface InfoEvents {
  stop<C extends ProblemCode>(code: C, data: ProblemData[C]): never;
}

/** Parses one tensor info: name string, u32 n_dims, n_dims × i64, i32 type, u64 offset. */
export function parseTensorInfo(cursor: ByteCursor, { stop }: InfoEvents): ParsedInfo {
  const nameBytes = cursor.string('a tensor name', MAX_NAME_BYTES);
  const name = decodeText(nameBytes);
  const dimCount = cursor.u32();
  if (dimCount > MAX_READABLE_DIMENSIONS) stop('dimension-count', { name, count: dimCount });
  const dims = Array.from({ length: dimCount }, () => cursor.i64());
  const typeId = cursor.i32();
  const dataOffset = cursor.u64();
  const type = tensorTypeById(typeId);
  const shape = shapeProblems(name, dims);
  const sized = type !== undefined && shape.length === 0 ? sizeProblems(name, type, dims) : [];
  const bytes = type === undefined || shape.length > 0 ? undefined : tensorBytes(type, dims);
  return {
    identity: identityOf(nameBytes),
    rest: { name, dims, typeId, type, dataOffset, bytes },
    problems: [...nameProblems(name, nameBytes), ...shape, ...typeProblems(name, typeId, type), ...sized],
  };
}

function nameProblems(name: string, { byteLength: length }: Uint8Array): FoundProblem[] {
  return length < MAX_TENSOR_NAME_BYTES ? [] : [{ code: 'tensor-name-length', data: { name, length } }];
}

function shapeProblems(name: string, dims: readonly bigint[]): FoundProblem[] {
  const problems: FoundProblem[] = [];
  if (dims.length > MAX_DIMENSIONS) problems.push({ code: 'dimension-count', data: { name, count: dims.length } });
  const index = dims.findIndex((dim) => dim < 0n);
  if (index >= 0) {
    problems.push({ code: 'dimension-negative', data: { name, index, value: `${dims[index]}` } });
  } else if (!productFits(dims)) {
    problems.push({ code: 'element-count', data: { name, dims: dims.map(String) } });
  }
  return problems;
}

function typeProblems(name: string, typeId: number, type: TensorTypeName | undefined): FoundProblem[] {
  if (type !== undefined) return [];
  const removed = Object.entries(REMOVED_TENSOR_TYPES).find(([, { id }]) => id === typeId);
  const hint = removed === undefined ? {} : { removed: removed[0], instead: removed[1].instead };
  return [{ code: 'tensor-type', data: { name, typeId, ...hint } }];
}

function sizeProblems(name: string, type: TensorTypeName, dims: readonly bigint[]): FoundProblem[] {
  const bytes = tensorBytes(type, dims);
  if (bytes === undefined) {
    return [{ code: 'row-size', data: { name, type, row: `${dims[0]}`, block: blockWeights(type) } }];
  }
  return bytes > SIZE_MAX ? [{ code: 'tensor-bytes', data: { name, bytes: `${bytes}` } }] : [];
}
