import { ftruncateSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { TensorTypeName } from '../../src/gguf/tensor-types.js';
import { TILE_WEIGHTS } from '../../src/tensors/kernels/converter.js';
import type { QuantizableType } from '../../src/tensors/kernels/index.js';
import { type ConvertTask, createPool } from '../../src/tensors/pool.js';
import { dequantizeRows, measureConversion, quantizeRows } from '../../src/tensors/rows.js';
import { openSourceFile, openTargetFile, type TargetFile } from './support/files.js';
import { createRandom, normals } from './support/random.js';
import { isWorkerBuilt, workerUrl } from './support/worker.js';

const ROW = 4096;
/** Rows of a tensor that takes two tasks and some more, 8.5 M weights. */
const ROWS = 2080;

const weights = normals(ROWS * ROW, 0.02, createRandom(9));
const halves = quantizeRows('F16', weights);
const blocks = quantizeRows('Q5_1', dequantizeRows('F16', halves));

describe.each([0, 2, 3])('with %i threads', (threads) => {
  const skip = threads > 1 && !isWorkerBuilt;
  if (skip) console.log('skipped: worker threads (npm run build has not run)');

  test.skipIf(skip)('converts a tensor between other bytes', async () => {
    await using pool = createPool({ threads, workerUrl, tasksForWorkers: 2 });
    const target = openTargetFile();
    const progress: number[] = [];
    const task = taskOf(openSourceFile(padded(halves, 100)), target, { from: 100, to: 64 });
    const result = await pool.convert(task, { onProgress: (bytes) => progress.push(bytes) });
    expect(Buffer.compare(target.read().subarray(64), blocks)).toBe(0);
    expect(target.read().subarray(0, 64)).toEqual(new Uint8Array(64));
    expect(result.weights).toBe(ROWS * ROW);
    expect(progress.length).toBe(3);
    expect(progress.reduce((a, b) => a + b)).toBe(blocks.length);
  });

  test.skipIf(skip)('measures the same error, whichever thread is faster', async () => {
    await using pool = createPool({ threads, workerUrl, tasksForWorkers: 2 });
    const task = taskOf(openSourceFile(halves), openTargetFile());
    const sampled = await pool.convert(task);
    const again = await pool.convert(task);
    const all = await pool.convert(task, { measure: 'all' });
    expect(again).toEqual(sampled);
    const tiles = Array.from({ length: Math.ceil(weights.length / TILE_WEIGHTS) }, (_, i) => i * TILE_WEIGHTS * 2);
    expect(sampled).toEqual({
      weights: weights.length,
      ...sumOf(tiles.map((at) => halves.subarray(at, at + 4096 * 2))),
    });
    expect(all).toEqual({
      weights: weights.length,
      ...sumOf(tiles.map((at) => halves.subarray(at, at + TILE_WEIGHTS * 2))),
    });
    expect(await pool.convert(task, { measure: 'none' })).toEqual({
      weights: weights.length,
      sumSquared: 0,
      sumSquaredError: 0,
    });
  });

  test.skipIf(skip)('names the first bad weight, and every time the same', async () => {
    await using pool = createPool({ threads, workerUrl, tasksForWorkers: 2 });
    const bad = halves.slice();
    setHalf(bad, 700 * ROW + 17, 0xfc00);
    setHalf(bad, 1100 * ROW, 0x7e00);
    setHalf(bad, 2079 * ROW, 0x7c00);
    const fd = openSourceFile(bad);
    for (let time = 0; time < 3; time += 1) {
      await expect(pool.convert(taskOf(fd, openTargetFile()))).rejects.toMatchObject({
        name: 'GgufError',
        code: 'non-finite-weight',
        message: "weight of tensor 'blk.0.w', row 700, element 17 is Inf",
        details: { tensor: 'blk.0.w', row: 700, element: 17, value: 'Inf' },
      });
    }
  });

  test.skipIf(skip)('says where the source ends', async () => {
    await using pool = createPool({ threads, workerUrl, tasksForWorkers: 2 });
    const fd = openSourceFile(halves.subarray(0, halves.length - 10));
    const last = Math.floor(weights.length / TILE_WEIGHTS) * TILE_WEIGHTS;
    const need = halves.length - last * 2;
    await expect(pool.convert(taskOf(fd, openTargetFile()))).rejects.toMatchObject({
      code: 'truncated',
      details: { at: last * 2, need, have: need - 10 },
    });
  });

  test.skipIf(skip)('passes the system’s error on', async () => {
    await using pool = createPool({ threads, workerUrl, tasksForWorkers: 2 });
    const source = openSourceFile(halves);
    const task = taskOf(source, { fd: source });
    await expect(pool.convert(task)).rejects.toMatchObject({ code: 'EBADF', syscall: 'write' });
  });

  test.skipIf(skip)('stops when it is told to, and what runs has ended then', async () => {
    await using pool = createPool({ threads, workerUrl, tasksForWorkers: 2 });
    const stop = new AbortController();
    const source = openTargetFile();
    // 24 tasks of nothing but a hole.
    const length = 24 * 16 * 2 ** 20;
    ftruncateSync(source.fd, length);
    const target = openTargetFile();
    let written = 0;
    const job = pool.copy(
      { from: { fd: source.fd, offset: 0 }, to: { fd: target.fd, offset: 0 }, length },
      {
        signal: stop.signal,
        onProgress: (bytes) => {
          written += bytes;
          stop.abort(new Error('enough'));
        },
      },
    );
    await expect(job).rejects.toMatchObject({ code: 'aborted', details: { why: 'Error: enough' } });
    // Every task that was handed out before has ended, and been counted.
    expect(written).toBe(target.size());
    expect(written).toBeLessThan(length / 2);
  });

  test.skipIf(skip)('does nothing when it is stopped before', async () => {
    await using pool = createPool({ threads, workerUrl, tasksForWorkers: 2 });
    const target = openTargetFile();
    const signal = AbortSignal.abort();
    await expect(pool.convert(taskOf(openSourceFile(halves), target), { signal })).rejects.toMatchObject({
      code: 'aborted',
    });
    expect(target.size()).toBe(0);
  });

  test.skipIf(skip)('copies bytes', async () => {
    await using pool = createPool({ threads, workerUrl, tasksForWorkers: 2 });
    const bytes = padded(halves, 20_000_000);
    const target = openTargetFile();
    const progress: number[] = [];
    const length = bytes.length - 5;
    await pool.copy(
      { from: { fd: openSourceFile(bytes), offset: 5 }, to: { fd: target.fd, offset: 3 }, length },
      { onProgress: (count) => progress.push(count) },
    );
    expect(Buffer.compare(target.read().subarray(3), bytes.subarray(5))).toBe(0);
    expect(progress.reduce((a, b) => a + b)).toBe(length);
  });

  test.skipIf(skip)('does jobs side by side', async () => {
    await using pool = createPool({ threads, workerUrl, tasksForWorkers: 2 });
    const fd = openSourceFile(halves);
    const targets = [openTargetFile(), openTargetFile(), openTargetFile()];
    await Promise.all(targets.map((target) => pool.convert(taskOf(fd, target))));
    for (const target of targets) expect(Buffer.compare(target.read(), blocks)).toBe(0);
  });
});

describe('in this thread', () => {
  test('refuses what it has no kernel for, and rows that are not whole blocks', async () => {
    await using pool = createPool({ threads: 0 });
    const convert = (from: TensorTypeName, to: TensorTypeName, rowWeights: number) =>
      pool.convert({
        tensor: 't',
        rows: 1,
        rowWeights,
        from: { fd: 0, offset: 0, type: from },
        to: { fd: 0, offset: 0, type: to },
      });
    for (const [from, to, rowWeights] of [
      ['Q8_K', 'Q8_0', 256],
      ['F16', 'Q4_K', 256],
      ['F16', 'Q8_0', 48],
      ['Q4_K', 'Q8_0', 128],
    ] as const) {
      await expect(convert(from, to, rowWeights)).rejects.toMatchObject({
        code: 'unsupported-conversion',
        details: { tensor: 't', from, to },
      });
    }
  });

  test('refuses a weight that the new type cannot hold', async () => {
    await using pool = createPool({ threads: 0 });
    const values = new Float32Array(64 * 32).fill(0.5);
    values[1000] = -3e7;
    const source = openSourceFile(new Uint8Array(values.buffer));
    const from = { fd: source, offset: 0, type: 'F32' } as const;
    const into = (type: QuantizableType, target: TargetFile) =>
      pool.convert({ tensor: 't', rows: 64, rowWeights: 32, from, to: { fd: target.fd, offset: 0, type } });
    for (const type of ['F16', 'Q8_0', 'Q4_0', 'Q4_1', 'Q5_0', 'Q5_1'] as const) {
      const target = openTargetFile();
      await expect(into(type, target)).rejects.toMatchObject({
        code: 'unsupported-conversion',
        message: `weight -30000000 of tensor 't', row 31, element 8 is beyond the range of ${type}`,
      });
      expect(target.size()).toBe(0);
    }
    await expect(into('BF16', openTargetFile())).resolves.toMatchObject({ weights: 2048 });
  });

  test('converts rows of plain types that are no multiple of anything', async () => {
    await using pool = createPool({ threads: 0 });
    const values = normals(7 * 13, 1, createRandom(10));
    const target = openTargetFile();
    await pool.convert({
      tensor: 't',
      rows: 13,
      rowWeights: 7,
      from: { fd: openSourceFile(new Uint8Array(values.buffer)), offset: 0, type: 'F32' },
      to: { fd: target.fd, offset: 0, type: 'BF16' },
    });
    expect(target.read()).toEqual(quantizeRows('BF16', values));
  });

  test('an empty tensor is done at once', async () => {
    await using pool = createPool({ threads: 0 });
    const place = { fd: 0, offset: 0 };
    const job = {
      tensor: 't',
      rows: 0,
      rowWeights: 32,
      from: { ...place, type: 'F16' },
      to: { ...place, type: 'Q8_0' },
    } as const;
    await expect(pool.convert(job)).resolves.toEqual({ weights: 0, sumSquared: 0, sumSquaredError: 0 });
  });
});

function taskOf(source: number, target: Pick<TargetFile, 'fd'>, offsets = { from: 0, to: 0 }): ConvertTask {
  return {
    tensor: 'blk.0.w',
    rows: ROWS,
    rowWeights: ROW,
    from: { fd: source, offset: offsets.from, type: 'F16' },
    to: { fd: target.fd, offset: offsets.to, type: 'Q5_1' },
  };
}

function padded(bytes: Uint8Array, before: number): Uint8Array {
  const whole = new Uint8Array(before + bytes.length);
  whole.set(bytes, before);
  return whole;
}

function setHalf(bytes: Uint8Array, index: number, half: number): void {
  bytes.set([half & 0xff, half >> 8], index * 2);
}

function sumOf(pieces: readonly Uint8Array[]): { sumSquared: number; sumSquaredError: number } {
  const sums = { sumSquared: 0, sumSquaredError: 0 };
  // The pool adds up tiles within a task before it adds up tasks.
  for (let task = 0; task < pieces.length; task += 16) {
    const part = { sumSquared: 0, sumSquaredError: 0 };
    for (const piece of pieces.slice(task, task + 16)) {
      const { sumSquared, sumSquaredError } = measureConversion('F16', 'Q5_1', piece);
      part.sumSquared += sumSquared;
      part.sumSquaredError += sumSquaredError;
    }
    sums.sumSquared += part.sumSquared;
    sums.sumSquaredError += part.sumSquaredError;
  }
  return sums;
}
