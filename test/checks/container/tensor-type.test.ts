import { describe } from 'vitest';
import { tensorType } from '../../../src/checks/container/tensor-type.js';
import { cleanFile, testRule } from '../rule-test.js';

const typed = (id: number): Uint8Array => cleanFile().tensor('odd', id, [32]).bytes();

describe('container/tensor-type', () => {
  testRule(tensorType, [
    {
      title: 'an unknown type',
      bytes: typed(43),
      data: { code: 'tensor-type', data: { typeId: 43 } },
      name: 'odd',
    },
    {
      title: 'a removed type by its name',
      bytes: typed(31),
      data: { code: 'tensor-type', data: { typeId: 31, removed: 'Q4_0_4_4' } },
    },
  ]);
});
