import { type Extent, type Header, type TensorInfo, tensorExtent } from '../../gguf/model.js';
import type { TensorTypeName } from '../../gguf/tensor-types.js';
import type { FileSource } from '../../sources/file.js';
import type { JobOptions, WorkerPool } from '../pool.js';
import type { ScanRange } from '../protocol.js';
import type { DataScan, TensorScan } from './data-scan.js';
import { EMPTY_SCAN, joinScans, type PieceScan } from './scanner.js';
import { isFloat, unitOf } from './units.js';

/**
 * Bytes in one task, before rounding to whole units: 1.4 ms of work. Of 2 GB in two threads, tasks of 4, 8 and 16 MiB
 * take the same time; those of 1 and 32 MiB a third more, for messages and for waiting at the end.
 */
const TASK_BYTES = 8 * 2 ** 20;

/** What a scan is given besides the file. */
export interface ScanOptions extends JobOptions {
  readonly pool: WorkerPool;
}

/**
 * Reads every tensor's bytes once and says what is in them, by the infos of `header` itself. `onProgress` is called with
 * the bytes read. Memory does not depend on the size of the file. Rejects as `pool.scan` does.
 */
export async function scanTensors(
  { fd }: FileSource,
  header: Header,
  { pool, ...options }: ScanOptions,
): Promise<DataScan> {
  const jobs = jobsOf(header);
  const ranges = { count: jobs.at(-1)?.end ?? 0, at: rangeAt(jobs, fd) };
  const pieces = await pool.scan(ranges, options);
  return new Map(jobs.map((job) => [job.tensor, scanOf(job, pieces.slice(job.first, job.end))]));
}

/** Bytes that `scanTensors` will read, for progress. */
export function scanBytes(header: Header): number {
  return jobsOf(header).reduce((total, { extent }) => total + extent.length, 0);
}

/** A tensor and the numbers of its tasks: from `first`, before `end`. */
interface Job {
  readonly tensor: TensorInfo;
  readonly type: TensorTypeName;
  readonly extent: Extent;
  readonly step: number;
  readonly first: number;
  readonly end: number;
}

/** Tensors that overlap another one are left out: a hostile file of 100 MB could name them 65,536 times. */
function jobsOf(header: Header): Job[] {
  const jobs: Job[] = [];
  let readTo = 0;
  for (const { tensor, type, extent } of scannable(header)) {
    if (extent.offset < readTo) continue;
    readTo = extent.offset + extent.length;
    const { bytes } = unitOf(type);
    const step = Math.floor(TASK_BYTES / bytes) * bytes;
    const first = jobs.at(-1)?.end ?? 0;
    jobs.push({ tensor, type, extent, step, first, end: first + Math.ceil(extent.length / step) });
  }
  return jobs;
}

function scannable(header: Header): Pick<Job, 'tensor' | 'type' | 'extent'>[] {
  const found = header.tensors.flatMap((tensor) => {
    const extent = tensorExtent(header, tensor);
    return tensor.type === undefined || extent === undefined ? [] : [{ tensor, type: tensor.type, extent }];
  });
  return found.sort((a, b) => a.extent.offset - b.extent.offset);
}

/** Makes tasks in the order of the file, which is the order in which they are asked for. */
function rangeAt(jobs: readonly Job[], fd: number): (index: number) => ScanRange {
  let at = 0;
  return (index) => {
    while (index >= jobs[at]!.end) at += 1;
    const { type, extent, step, first } = jobs[at]!;
    const start = (index - first) * step;
    const from = { fd, offset: extent.offset + start };
    return { kind: 'scan', type, from, length: Math.min(step, extent.length - start), hasPrevious: start > 0 };
  };
}

function scanOf({ type }: Job, pieces: readonly PieceScan[]): TensorScan {
  const unit = unitOf(type);
  const whole = pieces.reduce((a, b) => joinScans(unit, a, b), EMPTY_SCAN);
  const { units, nan, infinite, badBlocks, firstBad, maxAbs, isZero, longest } = whole;
  const longestRepeat = Math.min(units, longest + 1);
  return {
    nan,
    infinite,
    badBlocks,
    ...(firstBad < 0 ? {} : { firstBad }),
    ...(isFloat(type) ? { maxAbs } : {}),
    isZero,
    longestRepeat,
    repeatBytes: longestRepeat * unit.bytes,
  };
}
