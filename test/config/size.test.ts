import { expect, test } from 'vitest';
import { parseSize } from '../../src/config/size.js';

test.each([
  [1024, 1024],
  ['1024', 1024],
  ['50 GB', 50e9],
  ['50GB', 50e9],
  ['4.5 GiB', 4.5 * 2 ** 30],
  ['1 kib', 1024],
  ['7 B', 7],
  ['2G', 2e9],
  ['500m', 500e6],
  ['4Gi', 4 * 2 ** 30],
  ['4i', undefined],
  ['', undefined],
  ['GB', undefined],
  ['0', undefined],
  ['-1', undefined],
  ['1e9', undefined],
  ['50 GBs', undefined],
  ['9999999999999999 TB', undefined],
])('%j is %j bytes', (size, bytes) => {
  expect(parseSize(size)).toBe(bytes);
});
