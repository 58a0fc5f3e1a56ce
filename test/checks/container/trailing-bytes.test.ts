import { describe, expect, test } from 'vitest';
import { trailingBytes } from '../../../src/checks/container/trailing-bytes.js';
import { cleanFile, findingsOf, testRule } from '../rule-test.js';

const clean = cleanFile().bytes();

describe('container/trailing-bytes', () => {
  testRule(trailingBytes, [
    {
      title: 'bytes behind the last tensor',
      bytes: cleanFile().trailing(new Uint8Array(40)).bytes(),
      data: { extra: 40 },
      message: /^40 bytes follow the data of the last tensor/,
      at: clean.byteLength,
    },
  ]);

  test.each([-1, -33])('is silent where the file is cut (%d)', (length) => {
    expect(findingsOf(trailingBytes, cleanFile().cutAt(length).bytes())).toEqual([]);
  });
});
