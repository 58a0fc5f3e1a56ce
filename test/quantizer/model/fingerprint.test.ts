import { expect, test } from 'vitest';
import { fingerprint } from '../../../src/quantizer/model/fingerprint.js';
import { memorySource } from '../../../src/sources/memory.js';

const header = Uint8Array.of(1, 2, 3);
const print = async (bytes: Uint8Array, own = header): Promise<string> =>
  await fingerprint([{ source: memorySource(bytes), header: own }]);

test('the same bytes give the same, another header, length or byte another', async () => {
  const bytes = new Uint8Array(1000).fill(7);
  const changed = Uint8Array.from(bytes);
  changed[500] = 8;
  const prints = [
    await print(bytes),
    await print(changed),
    await print(bytes.subarray(1)),
    await print(bytes, changed),
  ];
  expect(new Set(prints).size).toBe(4);
  expect(await print(Uint8Array.from(bytes))).toBe(prints[0]);
});

test('a large file is read in 64 pieces, its ends among them', async () => {
  const bytes = new Uint8Array(16 * 2 ** 20);
  const whole = await print(bytes);
  let read = 0;
  const source = memorySource(bytes);
  const counted = {
    ...source,
    read(at: number, length: number) {
      read += length;
      return source.read(at, length);
    },
  };
  expect(await fingerprint([{ source: counted, header }])).toBe(whole);
  expect(read).toBe(64 * 65_536);
  for (const at of [0, bytes.length - 1]) {
    const changed = Uint8Array.from(bytes);
    changed[at] = 1;
    expect(await print(changed)).not.toBe(whole);
  }
});
