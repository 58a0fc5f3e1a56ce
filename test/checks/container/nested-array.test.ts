import { describe } from 'vitest';
import { nestedArray } from '../../../src/checks/container/nested-array.js';
import { cleanFile, testRule } from '../rule-test.js';

/** An array with one element, an empty array of uint8. */
const nested = Buffer.concat([
  Buffer.from([9, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]),
  Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
]);

describe('container/nested-array', () => {
  testRule(nestedArray, [
    {
      title: 'an array in an array',
      bytes: cleanFile().metadata('odd.key', { typeId: 9, bytes: nested }).bytes(),
      data: { code: 'nested-array', data: { key: 'odd.key' } },
    },
  ]);
});
