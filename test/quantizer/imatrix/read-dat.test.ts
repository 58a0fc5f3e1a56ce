import { describe, expect, test } from 'vitest';
import { readDatImatrix } from '../../../src/quantizer/imatrix/read-dat.js';
import { memorySource } from '../../../src/sources/memory.js';
import type { Source } from '../../../src/sources/source.js';
import { datImatrix, i32 } from '../support/imatrix.js';

const ENTRIES = [
  { name: 'blk.0.attn_q.weight', calls: 2, values: [1, 2, 3] },
  { name: 'blk.0.attn_k.weight', calls: 2, values: [4] },
];

test('a whole file gives entries with their places, and what it was made from', async () => {
  const imatrix = await readDatImatrix(memorySource(datImatrix(ENTRIES, { chunks: 7, name: 'text.txt' }), 'i.dat'));
  expect(imatrix).toMatchObject({
    uri: 'i.dat',
    format: 'dat',
    datasets: ['text.txt'],
    chunkCount: 7,
    chunkSize: undefined,
  });
  expect([...imatrix.entries.values()]).toEqual([
    {
      name: 'blk.0.attn_q.weight',
      columns: 3,
      matrices: 1,
      sums: { offset: 4 + 4 + 19 + 8, length: 12 },
      counts: { kind: 'calls', calls: 2 },
    },
    {
      name: 'blk.0.attn_k.weight',
      columns: 1,
      matrices: 1,
      sums: { offset: 35 + 12 + 4 + 19 + 8, length: 4 },
      counts: { kind: 'calls', calls: 2 },
    },
  ]);
});

test('the values are passed, not read', async () => {
  let bytes = 0;
  const whole = memorySource(datImatrix([{ name: 'a', calls: 1, values: Array.from({ length: 100_000 }, () => 1) }]));
  const counted: Source = {
    ...whole,
    read: (offset, length) => {
      bytes += length;
      return whole.read(offset, length);
    },
  };
  await readDatImatrix(counted);
  expect(bytes).toBeLessThan(10_000);
});

test('of two entries of one name the later counts, and a name ends at its NUL, as in C', async () => {
  const file = datImatrix([
    { name: 'a', calls: 1, values: [1] },
    { name: 'a\0b', calls: 5, values: [1, 2] },
  ]);
  const { entries } = await readDatImatrix(memorySource(file));
  expect([...entries.values()]).toMatchObject([{ name: 'a', columns: 2, counts: { calls: 5 } }]);
});

describe('the end of the file may be missing', () => {
  const whole = datImatrix(ENTRIES, { chunks: 7, name: 'text.txt' });
  test.each([
    ['all of it', 16, { chunkCount: undefined, datasets: [] }],
    ['the name', 12, { chunkCount: 7, datasets: [] }],
    ['some of the name', 3, { chunkCount: 7, datasets: [] }],
  ])('%s', async (_what, less, expected) => {
    expect(await readDatImatrix(memorySource(whole.subarray(0, -less)))).toMatchObject(expected);
  });
});

describe('broken files', () => {
  const entries = datImatrix(ENTRIES);

  test('a file that is cut anywhere before its end is truncated', async () => {
    for (let length = 0; length < entries.byteLength; length += 1) {
      const read = readDatImatrix(memorySource(entries.subarray(0, length), 'i.dat'));
      await expect(read, `cut at ${length}`).rejects.toMatchObject({
        code: 'truncated',
        message: expect.stringMatching(
          /^i\.dat ends in (the number of entries|entry \d): needs \d+ bytes at offset \d+/,
        ),
      });
    }
  });

  test.each([
    ['HTML', Buffer.from('<!doctype html>')],
    ['zeros', Buffer.alloc(64)],
    ['a negative count', i32(-1)],
    ['safetensors', Buffer.concat([i32(400), i32(0), Buffer.from('{"a":1}')])],
    ['a name longer than a tensor may have', datImatrix([{ name: 'x'.repeat(65), calls: 1, values: [1] }])],
    ['no values', datImatrix([{ name: 'a', calls: 1, values: [] }])],
  ])('%s is refused', async (_what, bytes) => {
    await expect(readDatImatrix(memorySource(bytes, 'i.dat'))).rejects.toMatchObject({
      code: 'header-unreadable',
      message: expect.stringMatching(/^i\.dat is no usable importance matrix: /),
    });
  });

  test('a number of values beyond any model is refused, whatever the size of the file', async () => {
    const head = Buffer.concat([i32(1), i32(1), Buffer.from('a'), i32(1), i32(2 ** 24 + 1)]);
    const huge: Source = { ...memorySource(head), size: 2 ** 40 };
    const read: Source['read'] = async (offset, length) => {
      const bytes = Buffer.alloc(length);
      head.copy(bytes, 0, offset);
      return bytes;
    };
    await expect(readDatImatrix({ ...huge, read })).rejects.toMatchObject({ code: 'over-limit' });
  });
});
