import { describe } from 'vitest';
import { valueType } from '../../../src/checks/container/value-type.js';
import { cleanFile, testRule } from '../rule-test.js';

const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const arrayHead = (itemType: number): Uint8Array => Buffer.concat([number(itemType), Buffer.alloc(8)]);

describe('container/value-type', () => {
  testRule(valueType, [
    {
      title: 'an undefined value type',
      bytes: cleanFile()
        .metadata('odd.key', { typeId: 13, bytes: number(0) })
        .bytes(),
      data: { code: 'value-type', data: { key: 'odd.key', typeId: 13 } },
    },
    {
      title: 'an undefined element type, also of an empty array',
      bytes: cleanFile()
        .metadata('odd.key', { typeId: 9, bytes: arrayHead(13) })
        .bytes(),
      data: { code: 'element-type', data: { key: 'odd.key', typeId: 13 } },
    },
  ]);
});
