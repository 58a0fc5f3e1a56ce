import { describe } from 'vitest';
import { tensorSizeOverflow } from '../../../src/checks/container/tensor-size-overflow.js';
import { cleanFile, testRule } from '../rule-test.js';

describe('container/tensor-size-overflow', () => {
  testRule(tensorSizeOverflow, [
    {
      title: 'a tensor of 2^64 bytes',
      bytes: cleanFile()
        .tensor('odd', 'F64', [2n ** 61n], { bytes: new Uint8Array(8) })
        .bytes(),
      data: { code: 'tensor-bytes', data: { bytes: '18446744073709551616' } },
      name: 'odd',
    },
  ]);
});
