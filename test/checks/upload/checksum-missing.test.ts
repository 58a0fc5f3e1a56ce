import { expect, test } from 'vitest';
import { checksumMissing } from '../../../src/checks/upload/checksum-missing.js';
import { cleanFile, findingsWith } from '../rule-test.js';

const source = 'SHA256SUMS';

test('passes where the list names the file', () => {
  const listed = { line: 1, expected: 'a'.repeat(64), found: 'b'.repeat(64) };
  expect(findingsWith(checksumMissing, cleanFile(), { checksum: { source, listed } })).toEqual([]);
});

test('finds a list that does not', () => {
  expect(findingsWith(checksumMissing, cleanFile(), { checksum: { source } })).toMatchObject([
    { severity: 'warning', message: "'SHA256SUMS' stands beside the file and does not name it" },
  ]);
});
