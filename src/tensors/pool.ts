import { GgufError } from '../errors.js';
import { blockWeights, rowBytes, type TensorTypeName } from '../gguf/tensor-types.js';
import { addSums } from './convert.js';
import { EarlySync } from './early-sync.js';
import { type ConversionError, TILE_WEIGHTS } from './kernels/converter.js';
import { isDequantizable, isQuantizable } from './kernels/supported.js';
import { type Lane, localLane, WorkerLane } from './lane.js';
import type { ConvertRange, FilePlace, Measure, RangeResult, Task } from './protocol.js';

/** Weights in one task of a worker: some milliseconds of work, so that handing it out costs little. */
const RANGE_WEIGHTS = 16 * TILE_WEIGHTS;

/** Bytes in one copying task. */
const RANGE_BYTES = 16 * 2 ** 20;

/**
 * Tasks that a worker has at hand. This thread hands them out, but converts as well and may be busy for as long as a
 * task takes: by then a worker has done one, has another and is not yet out of work.
 */
const TASKS_AHEAD = 3;

/** Tasks that make a job worth starting workers for: one takes some 60 ms to start, a task some 3 ms. */
const TASKS_FOR_WORKERS = 16;

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

/** What every job can be given. */
export interface JobOptions {
  /** No more work is handed out once it is aborted; the job rejects with `aborted` when what runs has ended. */
  readonly signal?: AbortSignal | undefined;
  /** Called with the bytes written since the last call. */
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
  /** Stops all jobs, which reject with `aborted`, and ends the threads. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** How a pool works. */
export interface PoolOptions {
  /** Threads that work at the same time, the calling one among them. 0 is the same as 1: no other thread is started. */
  readonly threads: number;
  /** The built worker module, where it is not beside this one. */
  readonly workerUrl?: URL;
  /** The size of job, in tasks of 4 Mi weights or 16 MiB, from which on workers are started. For tests. */
  readonly tasksForWorkers?: number;
}

/** Gives the lanes to use for a job of so many tasks. */
type LanesFor = (tasks: number) => readonly Lane[];

/** A pool of worker threads. None is started before there is a job that is worth it. */
export function createPool({ threads, workerUrl, tasksForWorkers = TASKS_FOR_WORKERS }: PoolOptions): WorkerPool {
  const url = workerUrl ?? new URL('./worker.js', import.meta.url);
  const workers = Array.from({ length: Math.max(0, threads - 1) }, () => new WorkerLane(url));
  const all = [localLane, ...repeat(workers, TASKS_AHEAD)];
  const lanesFor: LanesFor = (tasks) => (tasks < tasksForWorkers ? [localLane] : all);
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
    at: (index: number): Task => {
      const first = index * RANGE_WEIGHTS;
      return { ...whole, first, count: Math.min(RANGE_WEIGHTS, whole.count - first) };
    },
  };
  const results = await runAll(lanesFor(tasks.count), tasks, options);
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
    at: (index: number): Task => {
      const start = index * RANGE_BYTES;
      return {
        kind: 'copy',
        from: { fd: from.fd, offset: from.offset + start },
        to: { fd: to.fd, offset: to.offset + start },
        length: Math.min(RANGE_BYTES, length - start),
      };
    },
  };
  await runAll(lanesFor(tasks.count), tasks, options);
}

/** The tasks of a job, made when they are handed out. */
interface Tasks {
  /** The file that they write to. */
  readonly fd: number;
  readonly count: number;
  at(index: number): Task;
}

/**
 * Hands the tasks to the lanes in order, and waits for all that were handed out. After a failure or an abort the rest
 * stays undone. Of several failures the one of the first task counts: every task before it was handed out too, so the
 * outcome does not depend on which worker was faster.
 */
async function runAll(lanes: readonly Lane[], tasks: Tasks, options: JobOptions): Promise<RangeResult[]> {
  const { signal, onProgress } = options;
  const results: RangeResult[] = [];
  const failures = new Map<number, unknown>();
  const sync = new EarlySync(tasks.fd);
  let next = 0;
  const work = async (lane: Lane): Promise<void> => {
    while (next < tasks.count && failures.size === 0 && signal?.aborted !== true) {
      const index = next;
      next += 1;
      try {
        const result = await lane.run(tasks.at(index));
        results[index] = result;
        sync.wrote(result.bytesWritten);
        onProgress?.(result.bytesWritten);
      } catch (error) {
        failures.set(index, error);
      }
    }
  };
  await Promise.all(lanes.map(work));
  await sync.settle().catch((error: unknown) => failures.set(tasks.count, error));
  if (failures.size > 0) throw failures.get(Math.min(...failures.keys()));
  if (next < tasks.count) throw new GgufError('aborted', 'stopped before the end', { why: String(signal?.reason) });
  return results;
}

/** Every lane once, then every lane again, so that few tasks are spread over all lanes. */
function repeat(lanes: readonly Lane[], times: number): Lane[] {
  return Array.from({ length: times }, () => lanes).flat();
}
