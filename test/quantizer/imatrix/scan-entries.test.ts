import { expect, test } from 'vitest';
import { findNonFinite } from '../../../src/quantizer/imatrix/find-non-finite.js';
import { readImatrix } from '../../../src/quantizer/imatrix/imatrix.js';
import { type EntryScan, scanEntries } from '../../../src/quantizer/imatrix/scan-entries.js';
import { openFile } from '../../../src/sources/file.js';
import { memorySource } from '../../../src/sources/memory.js';
import type { Source } from '../../../src/sources/source.js';
import { dataPath, describeWithData } from '../../support/data.js';
import { describeWithTools, runTool } from '../../support/llama-tools.js';
import { datImatrix, ggufImatrix } from '../support/imatrix.js';

async function scan(source: Source): Promise<readonly EntryScan[]> {
  return await scanEntries(source, await readImatrix(source));
}

test('each entry tells its energy, the matrices that no token reached, and its first weight that is no number', async () => {
  const file = ggufImatrix({
    good: {
      sums: [
        [2, 4],
        [3, 3],
      ],
      counts: [2, 3],
    },
    starved: {
      sums: [
        [2, 4],
        [9, 9],
        [9, 9],
      ],
      counts: [1, 0, 0],
    },
    bad: {
      sums: [
        [1, 1],
        [1, Number.NaN],
        [Number.POSITIVE_INFINITY, 1],
      ],
      counts: [1, 1, 1],
    },
  });
  const source = memorySource(file.bytes());
  expect(await scan(source)).toEqual([
    { name: 'good', energy: 5, uncounted: { count: 0, first: [] }, nonFinite: undefined },
    { name: 'starved', energy: 6, uncounted: { count: 2, first: [1, 2] }, nonFinite: undefined },
    {
      name: 'bad',
      energy: Number.NaN,
      uncounted: { count: 0, first: [] },
      nonFinite: { matrix: 1, column: 1, value: Number.NaN },
    },
  ]);
  expect(await findNonFinite(source, await readImatrix(source))).toEqual([
    { tensor: 'bad', matrix: 1, column: 1, value: Number.NaN },
  ]);
});

test('a matrix without a count is 1 everywhere, whatever its sums are', async () => {
  const file = ggufImatrix({ a: { sums: [[Number.NaN]], counts: [0] } });
  expect(await scan(memorySource(file.bytes()))).toMatchObject([{ nonFinite: undefined, energy: 0 }]);
});

test('a .dat without calls has its values for weights', async () => {
  const file = datImatrix([{ name: 'a', calls: 0, values: [2, 3] }]);
  expect(await scan(memorySource(file))).toMatchObject([{ energy: 5, uncounted: { count: 0 } }]);
});

test('of many matrices that no token reached the first are named', async () => {
  const many = Array.from({ length: 1000 }, () => 0);
  const file = ggufImatrix({ a: { sums: many.map(() => [1]), counts: many } });
  const [first] = await scan(memorySource(file.bytes()));
  expect(first?.uncounted).toEqual({ count: 1000, first: Array.from({ length: 20 }, (_, i) => i) });
});

describeWithData('against llama.cpp', () => {
  describeWithTools('llama-imatrix --show-statistics', ['llama-imatrix'], () => {
    test('has the same energy of every tensor', async () => {
      const file = dataPath('model/tiny-gemma3n.imatrix.gguf');
      const { out } = runTool('llama-imatrix', [
        ...['-m', dataPath('model/tiny-gemma3n-BF16.gguf')],
        ...['--in-file', file, '--show-statistics'],
      ]);
      const theirs = new Map(
        [...out.matchAll(/^ *\d+ \| (\S+) +\|[^|]*\| +(\S+) /gm)].map(([, name = '', sum]) => [name, Number(sum)]),
      );
      await using source = await openFile(file);
      const ours = await scan(source);
      expect(theirs.size).toBe(ours.length);
      for (const { name, energy } of ours) {
        const expected = theirs.get(name) ?? Number.NaN;
        // They print four digits after the point of an F32.
        expect(Math.abs(energy - expected), name).toBeLessThan(1e-4 + 1e-6 * expected);
      }
    });
  });
});
