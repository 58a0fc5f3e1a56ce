import { GgufError } from '../errors.js';
import { blockWeights, rowBytes, type TensorTypeName } from '../gguf/tensor-types.js';
import { EarlySync } from './early-sync.js';
import { addSums, type ConversionError, TILE_WEIGHTS } from './kernels/converter.js';
import { isDequantizable, isQuantizable } from './kernels/supported.js';
import { type Lane, localLane, WorkerLane } from './lane.js';
import type {
  ConvertRange,
  CopyRange,
  FilePlace,
  Measure,
  RangeResult,
  ResultOf,
  ScanRange,
  Task,
} from './protocol.js';
import type { PieceScan } from './scan/scanner.js';

/** Weights in one task of a worker: some milliseconds of work, so that handing it out costs little. */
const RANGE_WEIGHTS = 16 * TILE_WEIGHTS;

/** Bytes in one copying task. */
const RANGE_BYTES = 16 * 2 ** 20;

/**
 * Tasks that a worker has at hand. This thread hands them out, but converts as well and may be busy for as long as a
 * task takes: by then a worker has done one, has another and is not yet out of work.
 */
const TASKS_AHEAD = 3;

/** Tasks that make a job worth starting workers for: one takes some 30 ms to start, a task some 3 ms. */
const TASKS_FOR_WORKERS = 16;

/**
 * The same for scans, which go over 8 MiB in 1.4 ms. Measured with BF16 in the page cache and two processors: a second
 * thread costs 4 ms at 256 MiB and gains 7 ms at 384 MiB, 16 ms at 512 MiB.
 */
const SCANS_FOR_WORKERS = 40;

/** A tensor whose weights are to be written in another type, to another place. */
export interface ConvertTask {
  readonly tensor: string;
  readonly rows: number;
  readonly rowWeights: number;
  readonly from: FilePlace & { readonly type: TensorTypeName };
  readonly to: FilePlace & { readonly type: TensorTypeName };
}

/** What a conversion did: the weights of the tensor, and the error that it added to those that were measured. */
export interface ConvertResult extends ConversionError {
  readonly weights: number;
}

/** Bytes to copy from one place to another. The places do not overlap. */
export interface CopyTask {
  readonly from: FilePlace;
  readonly to: FilePlace;
  readonly length: number;
}

/** Ranges to scan, made when they are handed out. */
export interface ScanRanges {
  readonly count: number;
  at(index: number): ScanRange;
}

/** What every job can be given. */
export interface JobOptions {
  /** No more work is handed out once it is aborted; the job rejects with `aborted` when what runs has ended. */
  readonly signal?: AbortSignal | undefined;
  /** Called with the bytes written (or read, where nothing is written) since the last call. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
}

/** Threads that read, convert and write ranges of files. Memory is bounded by the threads, not by the tensors. */
export interface WorkerPool extends AsyncDisposable {
  /**
   * Converts a tensor. Rejects with `non-finite-weight` or `unsupported-conversion` for a weight that cannot be
   * written, `truncated`, `worker-died`, `aborted`, or with the system's error; parts may then have been written.
   * When it settles, nothing reads or writes the files any more, unless a worker died.
   */
  convert(task: ConvertTask, options?: JobOptions & { readonly measure?: Measure }): Promise<ConvertResult>;
  /** Copies bytes. Rejects as `convert` does. */
  copy(task: CopyTask, options?: JobOptions): Promise<void>;
  /**
   * Scans ranges of files, which may be of many tensors. `onProgress` is called with the bytes read since the last
   * call. Rejects with `truncated`, `worker-died`, `aborted`, or with the system's error.
   */
  scan(ranges: ScanRanges, options?: JobOptions): Promise<PieceScan[]>;
  /** Stops all jobs, which reject with `aborted`, and ends the threads. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** How a pool works. */
export interface PoolOptions {
  /** Threads that work at the same time, the calling one among them. 0 is the same as 1: no other thread is started. */
  readonly threads: number;
  /** The built worker module, where it is not beside this one. */
  readonly workerUrl?: URL;
  /** The tasks in a job, of whatever kind, from which on workers are started. For tests. */
  readonly tasksForWorkers?: number;
}

/** Gives the lanes to use for a job of so many tasks, where workers are worth it from `fewest` on. */
type LanesFor = (tasks: number, fewest: number) => readonly Lane[];

/** A pool of worker threads. None is started before there is a job that is worth it. */
export function createPool({ threads, workerUrl, tasksForWorkers }: PoolOptions): WorkerPool {
  const url = workerUrl ?? new URL('./worker.js', import.meta.url);
  const workers = Array.from({ length: Math.max(0, threads - 1) }, () => new WorkerLane(url));
  const all = [localLane, ...repeat(workers, TASKS_AHEAD)];
  const lanesFor: LanesFor = (tasks, fewest) => (tasks < (tasksForWorkers ?? fewest) ? [localLane] : all);
  const closing = new AbortController();
  const jobs = new Set<Promise<unknown>>();
  const start = <T>(job: Promise<T>): Promise<T> => {
    jobs.add(job);
    const forget = () => jobs.delete(job);
    job.then(forget, forget);
    return job;
  };
  return {
    convert: (task, options = {}) => start(convert(lanesFor, task, untilClosed(options, closing.signal))),
    copy: (task, options = {}) => start(copy(lanesFor, task, untilClosed(options, closing.signal))),
    scan: (ranges, options = {}) => start(scan(lanesFor, ranges, untilClosed(options, closing.signal))),
    [Symbol.asyncDispose]: async () => {
      closing.abort('pool closed');
      await Promise.all(workers.map((worker) => worker[Symbol.asyncDispose]()));
      await Promise.allSettled(jobs);
    },
  };
}

/** Options whose signal also fires when the pool closes. */
function untilClosed<O extends JobOptions>(options: O, closing: AbortSignal): O {
  return { ...options, signal: AbortSignal.any(options.signal === undefined ? [closing] : [closing, options.signal]) };
}

async function convert(
  lanesFor: LanesFor,
  task: ConvertTask,
  { measure = 'sample', ...options }: JobOptions & { readonly measure?: Measure },
): Promise<ConvertResult> {
  const whole = wholeTensor(task, measure);
  const tasks = {
    fd: task.to.fd,
    count: Math.ceil(whole.count / RANGE_WEIGHTS),
    at: (index: number): ConvertRange => {
      const first = index * RANGE_WEIGHTS;
      return { ...whole, first, count: Math.min(RANGE_WEIGHTS, whole.count - first) };
    },
  };
  const results = await writeAll(lanesFor(tasks.count, TASKS_FOR_WORKERS), tasks, options);
  const sums = { sumSquared: 0, sumSquaredError: 0 };
  // In the order of the tensor, so that the sums do not depend on which worker was faster.
  for (const result of results) addSums(sums, result);
  return { weights: whole.count, ...sums };
}

/** The tensor as one range. Throws `unsupported-conversion` for types without kernels and rows without whole blocks. */
function wholeTensor({ tensor, rows, rowWeights, from, to }: ConvertTask, measure: Measure): ConvertRange {
  const refuse = (why: string): never => {
    const problem = `tensor '${tensor}' cannot be converted from ${from.type} to ${to.type}: ${why}`;
    throw new GgufError('unsupported-conversion', problem, { tensor, from: from.type, to: to.type });
  };
  const { type: source } = from;
  const { type: target } = to;
  if (!isDequantizable(source) || !isQuantizable(target)) return refuse('there is no kernel for it');
  for (const type of [source, target]) {
    const block = blockWeights(type);
    if (rowWeights % block !== 0) refuse(`rows have ${rowWeights} weights, blocks of ${type} have ${block}`);
  }
  const count = rows * rowWeights;
  for (const { offset, type } of [from, to]) {
    if (!Number.isSafeInteger(offset + rowBytes(type, count))) refuse(`${count} weights are too many`);
  }
  const place = { from: { ...from, type: source }, to: { ...to, type: target } };
  return { kind: 'convert', tensor, rowWeights, first: 0, count, ...place, measure };
}

async function copy(lanesFor: LanesFor, { from, to, length }: CopyTask, options: JobOptions): Promise<void> {
  const tasks = {
    fd: to.fd,
    count: Math.ceil(length / RANGE_BYTES),
    at: (index: number): CopyRange => {
      const start = index * RANGE_BYTES;
      return {
        kind: 'copy',
        from: { fd: from.fd, offset: from.offset + start },
        to: { fd: to.fd, offset: to.offset + start },
        length: Math.min(RANGE_BYTES, length - start),
      };
    },
  };
  await writeAll(lanesFor(tasks.count, TASKS_FOR_WORKERS), tasks, options);
}

async function scan(lanesFor: LanesFor, ranges: ScanRanges, options: JobOptions): Promise<PieceScan[]> {
  const { onProgress } = options;
  const onDone = (_result: PieceScan, { length }: ScanRange): void => onProgress?.(length);
  return runAll(lanesFor(ranges.count, SCANS_FOR_WORKERS), ranges, { ...options, onDone });
}

/** The tasks of a job, made when they are handed out. */
interface Tasks<T extends Task> {
  readonly count: number;
  at(index: number): T;
}

/** Tasks that write, and the file that they write to. */
interface WritingTasks<T extends Task> extends Tasks<T> {
  readonly fd: number;
}

/** Runs tasks that write, and has the system put what they wrote on the disk meanwhile. */
async function writeAll<T extends ConvertRange | CopyRange>(
  lanes: readonly Lane[],
  tasks: WritingTasks<T>,
  options: JobOptions,
): Promise<ResultOf<T>[]> {
  const sync = new EarlySync(tasks.fd);
  const onDone = ({ bytesWritten }: RangeResult): void => {
    sync.wrote(bytesWritten);
    options.onProgress?.(bytesWritten);
  };
  return runAll(lanes, tasks, { ...options, onDone, settle: () => sync.settle() });
}

/** How a job goes on besides its tasks. */
interface RunOptions<T extends Task> {
  readonly signal?: AbortSignal | undefined;
  /** Called after each task. */
  readonly onDone: (result: ResultOf<T>, task: T) => void;
  /** What has to end before the job does. */
  readonly settle?: () => Promise<void>;
}

/**
 * Hands the tasks to the lanes in order, and waits for all that were handed out. After a failure or an abort the rest
 * stays undone. Of several failures the one of the first task counts: every task before it was handed out too, so the
 * outcome does not depend on which worker was faster.
 */
async function runAll<T extends Task>(
  lanes: readonly Lane[],
  tasks: Tasks<T>,
  { signal, onDone, settle }: RunOptions<T>,
): Promise<ResultOf<T>[]> {
  const results: ResultOf<T>[] = [];
  const failures = new Map<number, unknown>();
  let next = 0;
  const work = async (lane: Lane): Promise<void> => {
    while (next < tasks.count && failures.size === 0 && signal?.aborted !== true) {
      const index = next;
      next += 1;
      try {
        const task = tasks.at(index);
        const result = await lane.run(task);
        results[index] = result;
        onDone(result, task);
      } catch (error) {
        failures.set(index, error);
      }
    }
  };
  await Promise.all(lanes.map(work));
  await settle?.().catch((error: unknown) => failures.set(tasks.count, error));
  if (failures.size > 0) throw failures.get(Math.min(...failures.keys()));
  if (next < tasks.count) throw new GgufError('aborted', 'stopped before the end', { why: String(signal?.reason) });
  return results;
}

/** Every lane once, then every lane again, so that few tasks are spread over all lanes. */
function repeat(lanes: readonly Lane[], times: number): Lane[] {
  return Array.from({ length: times }, () => lanes).flat();
}
