import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { measurementCache } from '../../../src/quantizer/planner/measurements.js';
import { tempFile, tempFolder } from '../../support/temp.js';
import { canMount, smallDisk } from '../support/small-disk.js';

const openIn = (folder: string | undefined, subject: string) => measurementCache(folder).open(subject);

test('what was put is there again, of this subject alone', async () => {
  const folder = path.join(tempFolder(), 'not', 'there', 'yet');
  const first = await openIn(folder, 'a');
  expect(first.get('x')).toBeUndefined();
  await first.put('x', 0.1);
  await first.put('y', 0);
  await first.put('x', 0.2);
  const again = await openIn(folder, 'a');
  expect([again.get('x'), again.get('y')]).toEqual([0.2, 0]);
  expect((await openIn(folder, 'b')).get('x')).toBeUndefined();
});

test('a kill in the middle of a line costs that line only', async () => {
  const folder = tempFolder();
  const first = await openIn(folder, 'a');
  await first.put('x', 1);
  await first.put('y', 2);
  const [name = ''] = readdirSync(folder);
  const file = path.join(folder, name);
  truncateSync(file, readFileSync(file).length - 2);
  const again = await openIn(folder, 'a');
  expect([again.get('x'), again.get('y')]).toEqual([1, undefined]);
  await again.put('z', 3);
  expect((await openIn(folder, 'a')).get('z')).toBe(3);
});

test('lines that are not ours are passed over', async () => {
  const folder = tempFolder();
  await (await openIn(folder, 'a')).put('x', 1);
  const [name = ''] = readdirSync(folder);
  writeFileSync(path.join(folder, name), 'nonsense\n["x","1"]\n[1]\n\n["y",5]');
  const again = await openIn(folder, 'a');
  expect([again.get('x'), again.get('y')]).toEqual([undefined, 5]);
});

test('without a folder they are held in memory', async () => {
  const kept = await openIn(undefined, 'a');
  await kept.put('x', 1);
  expect(kept.get('x')).toBe(1);
});

describe('what cannot be kept', () => {
  /** A folder in a file: it cannot be made. */
  const impossible = (): string => path.join(tempFile(Buffer.of()), 'sub');

  test('a folder that cannot be made is refused, unless it is optional', async () => {
    const folder = impossible();
    await expect(measurementCache(folder).open('a')).rejects.toMatchObject({ code: 'not-writable' });
    const cache = measurementCache(folder, true);
    const kept = await cache.open('a');
    await kept.put('x', 1);
    expect(kept.get('x')).toBe(1);
    await cache.open('b');
    expect(cache.warnings()).toEqual([
      expect.stringMatching(`^the next plan will measure again: cannot keep measurements in ${folder}.*ENOTDIR`),
    ]);
  });

  test('a file that cannot be read is named', async () => {
    const folder = tempFolder();
    await openIn(folder, 'a');
    const [name = ''] = readdirSync(folder);
    const file = path.join(folder, name);
    rmSync(file);
    mkdirSync(file);
    await expect(openIn(folder, 'a')).rejects.toMatchObject({ code: 'not-writable', details: { path: file } });
    const cache = measurementCache(folder, true);
    await (await cache.open('a')).put('x', 1);
    expect(cache.warnings()).toHaveLength(1);
  });

  test.each([false, true])('a folder that fails later costs no measurement (optional: %s)', async (isOptional) => {
    const folder = path.join(tempFolder(), 'measurements');
    const cache = measurementCache(folder, isOptional);
    const kept = await cache.open('a');
    await kept.put('x', 1);
    expect(cache.warnings()).toEqual([]);
    rmSync(folder, { recursive: true });
    await kept.put('y', 2);
    expect([kept.get('x'), kept.get('y')]).toEqual([1, 2]);
    expect(cache.warnings()).toEqual([expect.stringContaining('ENOENT')]);
  });

  test.runIf(canMount)('a full disk costs no measurement', async () => {
    const { folder } = smallDisk(8192);
    const cache = measurementCache(folder);
    const kept = await cache.open('a');
    for (let i = 0; i < 20; i += 1) await kept.put(`${i}`.repeat(1000), i);
    expect(kept.get('19'.repeat(1000))).toBe(19);
    expect(cache.warnings()).toEqual([expect.stringContaining('ENOSPC')]);
  });
});
