import { expect, test } from 'vitest';
import { checksumMismatch } from '../../../src/checks/upload/checksum-mismatch.js';
import { cleanFile, findingsWith } from '../rule-test.js';

const checksum = { source: 'SHA256SUMS', line: 3, expected: 'a'.repeat(64), found: 'a'.repeat(64) };

test('passes where the hashes are equal', () => {
  expect(findingsWith(checksumMismatch, cleanFile(), { checksum })).toEqual([]);
});

test('finds another hash', () => {
  const found = 'b'.repeat(64);
  const [finding] = findingsWith(checksumMismatch, cleanFile(), { checksum: { ...checksum, found } });
  expect(finding).toMatchObject({ severity: 'error', message: expect.stringContaining("line 3 of 'SHA256SUMS'") });
});
