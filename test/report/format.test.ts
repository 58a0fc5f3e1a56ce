import { describe, expect, test } from 'vitest';
import {
  formatAmount,
  formatBits,
  formatBytes,
  formatCount,
  formatInteger,
  formatSeconds,
} from '../../src/report/format.js';

describe('formatBytes', () => {
  test.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.00 KiB'],
    [1_185_376, '1.13 MiB'],
    [59_131_360, '56.4 MiB'],
    [1023 * 1024 + 1000, '1.00 MiB'],
    [2 ** 40, '1.00 TiB'],
    [2n ** 64n - 1n, '16.0 EiB'],
  ])('%s is %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

describe('formatCount', () => {
  test.each([
    [0n, '0'],
    [999, '999'],
    [1000, '1.00 K'],
    [29_480_000n, '29.5 M'],
    [4_459_000_000n, '4.46 B'],
    [999_600_000, '1.00 B'],
    [671_000_000_000, '671 B'],
  ])('%s is %s', (count, text) => {
    expect(formatCount(count)).toBe(text);
  });
});

test('formatInteger groups the digits', () => {
  expect([0, 999, 1000, 262_144, 2n ** 63n].map(formatInteger)).toEqual([
    '0',
    '999',
    '1,000',
    '262,144',
    '9,223,372,036,854,775,808',
  ]);
});

test('formatAmount has a plural', () => {
  expect([0, 1, 2].map((count) => formatAmount(count, 'key'))).toEqual(['0 keys', '1 key', '2 keys']);
});

describe('formatSeconds', () => {
  test.each([
    [0, '0.0 s'],
    [0.424, '0.42 s'],
    [9.94, '9.9 s'],
    [9.96, '10 s'],
    [59.6, '1 min 0 s'],
    [200, '3 min 20 s'],
    [7500, '2 h 5 min'],
  ])('%s is %s', (seconds, text) => {
    expect(formatSeconds(seconds)).toBe(text);
  });
});

test('formatBits tells what is unknown', () => {
  expect([4.5, 16, undefined].map(formatBits)).toEqual(['4.50', '16.00', '?']);
});
