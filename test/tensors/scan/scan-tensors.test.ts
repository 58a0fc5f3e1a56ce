import { truncateSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Header } from '../../../src/gguf/model.js';
import { readHeader } from '../../../src/gguf/parse.js';
import { openFile } from '../../../src/sources/file.js';
import { createPool } from '../../../src/tensors/pool.js';
import type { TensorScan } from '../../../src/tensors/scan/data-scan.js';
import { scanBytes, scanTensors } from '../../../src/tensors/scan/scan-tensors.js';
import { EMPTY_SCAN } from '../../../src/tensors/scan/scanner.js';
import { gguf } from '../../support/gguf-builder.js';
import { tempFile } from '../../support/temp.js';
import { isWorkerBuilt, workerUrl } from '../support/worker.js';

/** What is found, by the names of the tensors. */
type Scans = ReadonlyMap<string, TensorScan>;

async function scanFile(file: string, threads = 1, change?: () => void): Promise<Scans> {
  await using source = await openFile(file);
  await using pool = createPool({ threads, workerUrl, tasksForWorkers: 2 });
  const header = await readHeader(source);
  change?.();
  const scan = await scanTensors(source, header, { pool });
  return new Map(Array.from(scan, ([{ name }, found]) => [name, found]));
}

const scanOf = (bytes: Uint8Array, threads = 1): Promise<Scans> => scanFile(tempFile(bytes), threads);

/** Bytes of a tensor that takes many tasks. */
const LARGE_BYTES = 384 * 2 ** 20;

/** A file with one large tensor, nearly all of it a hole. */
function largeFile(): string {
  const file = tempFile(gguf().tensor('a', 'I8', [LARGE_BYTES], { bytes: new Uint8Array() }).bytes());
  truncateSync(file, 4096 + LARGE_BYTES);
  return file;
}

/** The module of a worker that answers its first request and does `rest` at the second. */
function answerOnce(rest: string): string {
  return `
    import { parentPort } from 'node:worker_threads';
    let requests = 0;
    parentPort.on('message', ({ id }) => {
      requests += 1;
      if (requests === 1) parentPort.postMessage({ id, ok: true, result: ${JSON.stringify(EMPTY_SCAN)} });
      else { ${rest} }
    });`;
}

/** Q4_0 rows of 32 weights, all blocks different, without a special scale. */
function blocks(count: number): Buffer {
  const bytes = Buffer.alloc(count * 18, 0x35);
  for (let i = 0; i < count; i += 1) bytes.writeUInt32LE(i, i * 18 + 4);
  return bytes;
}

describe.each([1, 2, 3])('with %i threads', (threads) => {
  const skip = threads > 1 && !isWorkerBuilt;
  if (skip) console.log('skipped: worker threads (npm run build has not run)');

  test.skipIf(skip)('scans a tensor of several tasks as one', async () => {
    const count = 1_500_000;
    const bytes = blocks(count);
    bytes.writeUInt16LE(0x7c00, 1_400_000 * 18);
    bytes.writeUInt16LE(0x7e01, 1_400_001 * 18);
    // A run across the border of two tasks: 8 MiB hold 466,033 blocks.
    for (let i = 466_000; i < 466_100; i += 1) bytes.copyWithin(i * 18, 465_999 * 18, 466_000 * 18);
    const whole = gguf().tensor('a', 'Q4_0', [32, count], { bytes }).tensor('b', 'F32', [5]).bytes();
    const scan = await scanOf(whole, threads);
    expect(Object.fromEntries(scan)).toEqual({
      a: {
        nan: 0,
        infinite: 0,
        badBlocks: 2,
        firstBad: 1_400_000,
        isZero: false,
        longestRepeat: 101,
        repeatBytes: 101 * 18,
      },
      b: { nan: 0, infinite: 0, badBlocks: 0, maxAbs: 0, isZero: true, longestRepeat: 1, repeatBytes: 64 },
    });
  });

  test.skipIf(skip)('stops in the middle when it is told to, and what runs has ended then', async () => {
    await using source = await openFile(largeFile());
    await using pool = createPool({ threads, workerUrl, tasksForWorkers: 2 });
    const stop = new AbortController();
    let read = 0;
    const scan = scanTensors(source, await readHeader(source), {
      pool,
      signal: stop.signal,
      onProgress: (bytes) => {
        read += bytes;
        stop.abort('enough');
      },
    });
    await expect(scan).rejects.toMatchObject({ code: 'aborted', details: { why: 'enough' } });
    const readThen = read;
    expect(readThen).toBeGreaterThan(0);
    expect(readThen).toBeLessThan(LARGE_BYTES / 2);
    // The pool is as good as new, and what ran has been counted.
    const whole = await scanTensors(source, await readHeader(source), { pool });
    expect([...whole.values()]).toMatchObject([{ isZero: true }]);
    expect(read).toBe(readThen);
  });
});

describe('a worker that dies during a scan', () => {
  test.each([
    ['at its first task', 'process.exit(5);', 'it exited with code 5'],
    ['at its second task', answerOnce("throw new Error('lost')"), 'lost'],
  ])('%s is an error', async (_, source, why) => {
    const worker = tempFile(Buffer.from(source), 'worker.mjs');
    await using file = await openFile(largeFile());
    await using pool = createPool({ threads: 2, workerUrl: pathToFileURL(worker), tasksForWorkers: 2 });
    const scan = scanTensors(file, await readHeader(file), { pool });
    await expect(scan).rejects.toMatchObject({ name: 'GgufError', code: 'worker-died', details: { why } });
  });
});

describe('scanTensors', () => {
  test('counts weights in the last bytes of a tensor, not what stands behind them', async () => {
    const bytes = new Uint8Array(new Float32Array([1, Number.NaN, -7, Number.POSITIVE_INFINITY, 2]).buffer);
    const file = gguf().tensor('a', 'F32', [5], { bytes }).paddingByte(0xff).bytes();
    expect((await scanOf(file)).get('a')).toMatchObject({ nan: 1, infinite: 1, firstBad: 1, maxAbs: 7 });
  });

  test('leaves out tensors of unknown type, outside the file and overlapping, and scans empty ones', async () => {
    const file = gguf()
      .tensor('whole', 'F32', [16])
      .tensor('same', 'F32', [16], { offset: 0 })
      .tensor('empty', 'F32', [0])
      .tensor('unknown', 99, [4])
      .tensor('outside', 'F32', [16], { offset: 2 ** 40 })
      .bytes();
    const scan = await scanOf(file);
    expect([...scan.keys()].sort()).toEqual(['empty', 'whole']);
    expect(scan.get('empty')).toMatchObject({ longestRepeat: 0 });
  });

  test('leaves out a tensor inside another one, or over its end, and takes up the first that is free', async () => {
    const file = gguf()
      .tensor('whole', 'F32', [1024])
      .tensor('inside', 'F32', [16], { offset: 1024, bytes: new Uint8Array() })
      .tensor('over the end', 'F32', [64], { offset: 4096 - 32, bytes: new Uint8Array() })
      .tensor('last bytes', 'F32', [8], { offset: 4096 - 32, bytes: new Uint8Array() })
      .tensor('next', 'F32', [1024])
      .bytes();
    expect([...(await scanOf(file)).keys()]).toEqual(['whole', 'next']);
  });

  test('keeps tensors of one name apart', async () => {
    const floats = (...weights: number[]) => ({ bytes: new Uint8Array(new Float32Array(weights).buffer) });
    const file = tempFile(gguf().tensor('a', 'F32', [2], floats(1, 2)).tensor('a', 'F32', [1], floats(-7)).bytes());
    await using source = await openFile(file);
    await using pool = createPool({ threads: 1 });
    const header = await readHeader(source);
    const scan = await scanTensors(source, header, { pool });
    expect(header.tensors.map((tensor) => scan.get(tensor)?.maxAbs)).toEqual([2, 7]);
  });

  test('a file of many tensors that are one place is read once', async () => {
    let builder = gguf().tensor('t', 'F32', [4096]);
    for (let i = 0; i < 500; i += 1)
      builder = builder.tensor(`t${i}`, 'F32', [4096], { offset: 0, bytes: new Uint8Array() });
    const file = tempFile(builder.bytes());
    await using source = await openFile(file);
    expect(scanBytes(await readHeader(source))).toBe(4096 * 4);
  });

  test('says how many bytes were read, all in all what scanBytes says', async () => {
    const file = tempFile(gguf().tensor('a', 'F32', [1000]).tensor('b', 'Q8_0', [32, 10]).bytes());
    await using source = await openFile(file);
    await using pool = createPool({ threads: 1 });
    const header: Header = await readHeader(source);
    const progress: number[] = [];
    await scanTensors(source, header, { pool, onProgress: (bytes) => progress.push(bytes) });
    expect(progress.reduce((a, b) => a + b)).toBe(scanBytes(header));
    expect(scanBytes(header)).toBe(4000 + 340);
  });

  test('rejects when the file is cut while it is read', async () => {
    const file = tempFile(gguf().tensor('a', 'F32', [1000]).bytes());
    await expect(scanFile(file, 1, () => writeFileSync(file, ''))).rejects.toMatchObject({ code: 'truncated' });
  });

  test('stops when it is aborted', async () => {
    const file = tempFile(gguf().tensor('a', 'F32', [1000]).bytes());
    await using source = await openFile(file);
    await using pool = createPool({ threads: 1 });
    const scan = scanTensors(source, await readHeader(source), { pool, signal: AbortSignal.abort('enough') });
    await expect(scan).rejects.toMatchObject({ code: 'aborted' });
  });
});
