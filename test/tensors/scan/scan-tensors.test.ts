import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Header } from '../../../src/gguf/model.js';
import { readHeader } from '../../../src/gguf/parse.js';
import { openFile } from '../../../src/sources/file.js';
import { createPool } from '../../../src/tensors/pool.js';
import type { TensorScan } from '../../../src/tensors/scan/data-scan.js';
import { scanBytes, scanTensors } from '../../../src/tensors/scan/scan-tensors.js';
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
