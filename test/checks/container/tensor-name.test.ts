import { describe, expect, test } from 'vitest';
import { tensorName } from '../../../src/checks/container/tensor-name.js';
import { cleanFile, findingsOf, testRule } from '../rule-test.js';

const named = (length: number): Uint8Array => cleanFile().tensor('n'.repeat(length), 'F32', [8]).bytes();

describe('container/tensor-name', () => {
  testRule(tensorName, [
    { title: 'a name of 64 bytes', bytes: named(64), data: { code: 'tensor-name-length', data: { length: 64 } } },
  ]);

  test('takes a name of 63 bytes', () => {
    expect(findingsOf(tensorName, named(63))).toEqual([]);
  });
});
