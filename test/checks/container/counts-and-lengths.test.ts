import { describe } from 'vitest';
import { countsAndLengths } from '../../../src/checks/container/counts-and-lengths.js';
import { cleanFile, testRule } from '../rule-test.js';

/** A string's length of 2^64 - 1 in place of a key-value pair. */
const endlessKey = Buffer.alloc(64, 0xff);

describe('container/counts-and-lengths', () => {
  testRule(countsAndLengths, [
    {
      title: 'a negative tensor count',
      bytes: cleanFile()
        .counts({ tensors: -1n & (2n ** 64n - 1n) })
        .bytes(),
      data: { code: 'tensor-count', data: { count: '-1' } },
      at: 8,
    },
    {
      title: 'a key count beyond memory',
      bytes: cleanFile()
        .counts({ keys: 2n ** 62n })
        .bytes(),
      data: { code: 'key-count', data: { count: '4611686018427387904' } },
      at: 16,
    },
    {
      title: 'a key of 2^64 - 1 bytes',
      bytes: cleanFile().rawEntry(endlessKey).bytes(),
      data: { code: 'length-limit', data: { length: '18446744073709551615' } },
    },
  ]);
});
