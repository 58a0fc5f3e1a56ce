import { describe } from 'vitest';
import { endianness } from '../../../src/checks/container/endianness.js';
import { cleanFile, testRule } from '../rule-test.js';

describe('container/endianness', () => {
  testRule(endianness, [
    {
      title: 'a big-endian file',
      bytes: cleanFile().bigEndian().bytes(),
      data: { code: 'big-endian', data: { version: 3 } },
      at: 4,
    },
  ]);
});
