import { expect, test } from 'vitest';
import { checksumMismatch } from '../../../src/checks/upload/checksum-mismatch.js';
import { cleanFile, findingsWith } from '../rule-test.js';

const source = 'SHA256SUMS';
const listed = { line: 3, expected: 'a'.repeat(64), found: 'a'.repeat(64) };

test('passes where the hashes are equal, or none is given', () => {
  expect(findingsWith(checksumMismatch, cleanFile(), { checksum: { source, listed } })).toEqual([]);
  expect(findingsWith(checksumMismatch, cleanFile(), { checksum: { source } })).toEqual([]);
});

test('finds another hash', () => {
  const checksum = { source, listed: { ...listed, found: 'b'.repeat(64) } };
  const [finding] = findingsWith(checksumMismatch, cleanFile(), { checksum });
  expect(finding).toMatchObject({ severity: 'error', message: expect.stringContaining("line 3 of 'SHA256SUMS'") });
});
