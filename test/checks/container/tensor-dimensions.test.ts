import { describe } from 'vitest';
import { tensorDimensions } from '../../../src/checks/container/tensor-dimensions.js';
import { cleanFile, testRule } from '../rule-test.js';

const shaped = (dims: readonly (number | bigint)[]): Uint8Array =>
  cleanFile()
    .tensor('odd', 'F32', dims, { bytes: new Uint8Array(4) })
    .bytes();

describe('container/tensor-dimensions', () => {
  testRule(tensorDimensions, [
    {
      title: 'five dimensions',
      bytes: shaped([1, 1, 1, 1, 1]),
      data: { code: 'dimension-count', data: { count: 5 } },
      name: 'odd',
    },
    {
      title: 'a negative dimension',
      bytes: shaped([2n ** 64n - 1n]),
      data: { code: 'dimension-negative', data: { index: 0, value: '-1' } },
    },
    {
      title: 'a product of 2^64',
      bytes: shaped([2n ** 32n, 2n ** 32n]),
      data: { code: 'element-count', data: { dims: ['4294967296', '4294967296'] } },
    },
  ]);
});
