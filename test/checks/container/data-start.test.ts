import { describe } from 'vitest';
import { dataStart } from '../../../src/checks/container/data-start.js';
import { gguf } from '../../support/gguf-builder.js';
import { testRule } from '../rule-test.js';

const huge = gguf()
  .metadata('general.alignment', { type: 'uint32', value: 2 ** 31 })
  .tensor('a', 'F32', [8])
  .alignTo(32);

describe('container/data-start', () => {
  testRule(dataStart, [
    {
      title: 'a file that ends before its data section',
      bytes: huge.bytes(),
      data: { code: 'data-start', data: { dataOffset: '2147483648', fileSize: huge.bytes().byteLength } },
    },
  ]);
});
