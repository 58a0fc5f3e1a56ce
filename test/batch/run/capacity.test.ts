import { mkdirSync, statfsSync, writeFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { layoutOf } from '../../../src/batch/layout.js';
import { bytesIn, parallelism, readCapacity } from '../../../src/batch/run/capacity.js';
import { tempFolder } from '../../support/temp.js';

describe('parallelism', () => {
  test.each([
    ['of the manifest', { jobs: 3, threads: 12 }, {}, { jobs: 3, threads: 4 }],
    ['asked for', { jobs: 3, threads: 12 }, { jobs: 2, threads: 8 }, { jobs: 2, threads: 4 }],
    ['with fewer threads than jobs', { jobs: 4, threads: 2 }, {}, { jobs: 4, threads: 1 }],
    ['of one thread', { threads: 1 }, {}, { jobs: 1, threads: 1 }],
    ['with threads on the main thread', {}, { threads: 0 }, { jobs: 1, threads: 1 }],
  ])('%s', (_title, limits, asked, expected) => {
    expect(parallelism(limits, asked)).toEqual(expected);
  });

  test('shares all processors where nobody says', () => {
    const { jobs, threads } = parallelism({}, {});
    expect(jobs * threads).toBeLessThanOrEqual(availableParallelism());
    expect(jobs).toBe(Math.min(2, availableParallelism()));
  });
});

describe('readCapacity', () => {
  test('is what is there, where no limits are set', async () => {
    const root = tempFolder();
    const { memory, disk } = await readCapacity(2, {}, layoutOf(root, '.'));
    const { bavail, bsize } = statfsSync(root);
    expect(memory).toBe(totalmem());
    expect(Math.abs(disk / (bavail * bsize) - 1)).toBeLessThan(0.5);
  });

  test('counts what the batch has taken of its share, its unfinished files too', async () => {
    const root = tempFolder();
    mkdirSync(path.join(root, '.ggufix-batch/work/a'), { recursive: true });
    writeFileSync(path.join(root, '.ggufix-batch/work/a/b.gguf'), new Uint8Array(300));
    writeFileSync(path.join(root, 'a.gguf'), new Uint8Array(200));
    expect(await readCapacity(1, { memory: 7, disk: 1000 }, layoutOf(root, '.'))).toEqual({
      jobs: 1,
      memory: 7,
      disk: 500,
    });
  });
});

test('a folder that is not there has no bytes', async () => {
  expect(await bytesIn(path.join(tempFolder(), 'none'))).toBe(0);
});
