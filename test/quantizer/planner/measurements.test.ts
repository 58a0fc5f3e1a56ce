import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openMeasurements } from '../../../src/quantizer/planner/measurements.js';
import { tempFolder } from '../../support/temp.js';

test('what was put is there again, of this subject alone', async () => {
  const folder = path.join(tempFolder(), 'not', 'there', 'yet');
  const first = await openMeasurements(folder, 'a');
  expect(first.get('x')).toBeUndefined();
  await first.put('x', 0.1);
  await first.put('y', 0);
  await first.put('x', 0.2);
  const again = await openMeasurements(folder, 'a');
  expect([again.get('x'), again.get('y')]).toEqual([0.2, 0]);
  expect((await openMeasurements(folder, 'b')).get('x')).toBeUndefined();
});

test('a kill in the middle of a line costs that line only', async () => {
  const folder = tempFolder();
  const first = await openMeasurements(folder, 'a');
  await first.put('x', 1);
  await first.put('y', 2);
  const [name = ''] = readdirSync(folder);
  const file = path.join(folder, name);
  truncateSync(file, readFileSync(file).length - 2);
  const again = await openMeasurements(folder, 'a');
  expect([again.get('x'), again.get('y')]).toEqual([1, undefined]);
  await again.put('z', 3);
  expect((await openMeasurements(folder, 'a')).get('z')).toBe(3);
});

test('lines that are not ours are passed over', async () => {
  const folder = tempFolder();
  await (await openMeasurements(folder, 'a')).put('x', 1);
  const [name = ''] = readdirSync(folder);
  writeFileSync(path.join(folder, name), 'nonsense\n["x","1"]\n[1]\n\n["y",5]');
  const again = await openMeasurements(folder, 'a');
  expect([again.get('x'), again.get('y')]).toEqual([undefined, 5]);
});

test('without a folder they are held in memory', async () => {
  const kept = await openMeasurements(undefined, 'a');
  await kept.put('x', 1);
  expect(kept.get('x')).toBe(1);
});

test('a folder that cannot be made is refused', async () => {
  const file = path.join(tempFolder(), 'file');
  writeFileSync(file, '');
  await expect(openMeasurements(path.join(file, 'sub'), 'a')).rejects.toMatchObject({ code: 'not-writable' });
});
