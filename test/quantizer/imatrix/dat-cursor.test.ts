import { expect, test } from 'vitest';
import { datCursor } from '../../../src/quantizer/imatrix/dat-cursor.js';
import { memorySource } from '../../../src/sources/memory.js';
import type { Source } from '../../../src/sources/source.js';
import { i32 } from '../support/imatrix.js';

test('numbers and bytes follow each other, also over the edges of what is read at once', async () => {
  const numbers = Array.from({ length: 5000 }, (_, i) => i - 2500);
  const bytes = Buffer.concat([Buffer.from('abc'), ...numbers.map(i32)]);
  const cursor = datCursor(memorySource(bytes));
  expect(Buffer.from(await cursor.bytes(3, 'text')).toString()).toBe('abc');
  for (const number of numbers) expect(await cursor.i32('number')).toBe(number);
  expect([cursor.offset, cursor.left]).toEqual([bytes.byteLength, 0]);
});

test('tiny items share a read, and what is passed costs none', async () => {
  let reads = 0;
  const source = memorySource(Buffer.alloc(1_000_000));
  const counted: Source = {
    ...source,
    read: (offset, length) => {
      reads += 1;
      return source.read(offset, length);
    },
  };
  const cursor = datCursor(counted);
  for (let i = 0; i < 1000; i += 1) await cursor.i32('number');
  expect(reads).toBe(1);
  cursor.skip(900_000, 'values');
  await cursor.i32('number');
  expect(reads).toBe(2);
});

test('what goes past the end says where', async () => {
  const cursor = datCursor(memorySource(Buffer.alloc(6), 'i.dat'));
  await cursor.i32('number');
  await expect(cursor.i32('entry 7')).rejects.toMatchObject({
    code: 'truncated',
    message: 'i.dat ends in entry 7: needs 4 bytes at offset 4, has 2',
    details: { at: 4, need: 4, have: 2 },
  });
  expect(() => cursor.skip(3, 'entry 8')).toThrow('i.dat ends in entry 8: needs 3 bytes at offset 4, has 2');
});
