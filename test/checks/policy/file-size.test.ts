import { expect, test } from 'vitest';
import { fileSize } from '../../../src/checks/policy/file-size.js';
import { found, model } from './policy-test.js';

test('a file may have as many bytes as the policy says, and not one more', () => {
  const bytes = model().bytes().byteLength;
  expect(found(fileSize)).toEqual([]);
  expect(found(fileSize, { types: ['F32'] })).toEqual([]);
  expect(found(fileSize, { maxBytes: bytes })).toEqual([]);
  const findings = found(fileSize, { maxBytes: bytes - 1 });
  expect(findings).toMatchObject([{ place: { kind: 'file', length: bytes }, data: { bytes, limit: bytes - 1 } }]);
  expect(findings[0]!.message).toBe(`the file has ${bytes} bytes, the policy allows ${bytes - 1}`);
});
