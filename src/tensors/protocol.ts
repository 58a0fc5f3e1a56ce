import { GgufError } from '../errors.js';
import type { TensorTypeName } from '../gguf/tensor-types.js';
import type { ConversionError } from './kernels/converter.js';
import type { DequantizableType, QuantizableType } from './kernels/supported.js';
import type { PieceScan } from './scan/scanner.js';

/** A place in an open file. A file descriptor is valid in every thread of the process. */
export interface FilePlace {
  readonly fd: number;
  readonly offset: number;
}

/** How much of a conversion's error is measured: every weight, the first 4096 of each 262144, or nothing. */
export type Measure = 'all' | 'sample' | 'none';

/** Converts `count` weights of a tensor from the weight `first` on. The places are those of the whole tensor. */
export interface ConvertRange {
  readonly kind: 'convert';
  readonly tensor: string;
  readonly rowWeights: number;
  readonly first: number;
  readonly count: number;
  readonly from: FilePlace & { readonly type: DequantizableType };
  readonly to: FilePlace & { readonly type: QuantizableType };
  readonly measure: Measure;
}

/** Copies `length` bytes. */
export interface CopyRange {
  readonly kind: 'copy';
  readonly from: FilePlace;
  readonly to: FilePlace;
  readonly length: number;
}

/** Scans `length` bytes of a tensor: whole units, except at its end. */
export interface ScanRange {
  readonly kind: 'scan';
  readonly type: TensorTypeName;
  readonly from: FilePlace;
  readonly length: number;
  /** Whether the tensor has a unit before `from`, to compare the first one with. */
  readonly hasPrevious: boolean;
}

/** What a worker is asked to do: one range of a job. */
export type Task = ConvertRange | CopyRange | ScanRange;

/** What a task comes to. */
export type ResultOf<T extends Task> = T extends ScanRange ? PieceScan : RangeResult;

/** What became of a range: the bytes written, and the error among the weights that were measured. */
export interface RangeResult extends ConversionError {
  readonly bytesWritten: number;
}

/** A message to a worker. */
export interface Request {
  readonly id: number;
  readonly task: Task;
}

/** A worker's answer to the request of the same id. */
export type Reply =
  | { readonly id: number; readonly ok: true; readonly result: RangeResult | PieceScan }
  | { readonly id: number; readonly ok: false; readonly error: ErrorMessage };

/** An error as a value that survives the way between threads. */
export type ErrorMessage =
  | { readonly kind: 'gguf'; readonly message: string; readonly code: string; readonly details: unknown }
  | { readonly kind: 'other'; readonly message: string; readonly properties: Readonly<Record<string, unknown>> };

/** The properties of a failed system call that callers look at. */
const PROPERTIES = ['code', 'errno', 'syscall', 'path'] as const;

/** Turns an error into a message. Of unknown errors only the text and the system's code remain. */
export function packError(error: unknown): ErrorMessage {
  if (error instanceof GgufError) {
    return { kind: 'gguf', message: error.message, code: error.code, details: error.details };
  }
  if (!(error instanceof Error)) return { kind: 'other', message: String(error), properties: {} };
  const found = PROPERTIES.filter((name) => name in error).map((name) => [
    name,
    (error as NodeJS.ErrnoException)[name],
  ]);
  return { kind: 'other', message: error.message, properties: Object.fromEntries(found) };
}

/** Turns a message back into the error that it was made of. */
export function unpackError(packed: ErrorMessage): Error {
  // Code and details come from one GgufError, so they fit each other.
  if (packed.kind === 'gguf') return new GgufError(packed.code as 'aborted', packed.message, packed.details as never);
  return Object.assign(new Error(packed.message), packed.properties);
}
