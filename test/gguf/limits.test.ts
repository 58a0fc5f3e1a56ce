import { expect, test } from 'vitest';
import { fatalProblem } from '../../src/gguf/model.js';
import { parseHeader } from '../../src/gguf/parse.js';
import { MAX_PROBLEMS, MAX_READ_KEYS, MAX_READ_TENSORS } from '../../src/limits.js';

/** A header that claims counts and is large enough to hold them. */
function claiming(tensors: number, keys: number, body: Uint8Array): Uint8Array {
  const preamble = Buffer.alloc(24);
  preamble.write('GGUF');
  preamble.writeUInt32LE(3, 4);
  preamble.writeBigUInt64LE(BigInt(tensors), 8);
  preamble.writeBigUInt64LE(BigInt(keys), 16);
  return Buffer.concat([preamble, body]);
}

test('more keys or tensors than any model has are refused before they are read', () => {
  const keys = parseHeader(claiming(0, MAX_READ_KEYS + 1, new Uint8Array(13 * (MAX_READ_KEYS + 1))));
  expect(fatalProblem(keys)).toMatchObject({ code: 'header-too-large', data: { what: 'keys' } });
  expect(keys.metadata).toEqual([]);
  const tensors = parseHeader(claiming(MAX_READ_TENSORS + 1, 0, new Uint8Array(24 * (MAX_READ_TENSORS + 1))));
  expect(fatalProblem(tensors)).toMatchObject({ code: 'header-too-large', data: { what: 'tensors' } });
  expect(tensors.tensors).toEqual([]);
});

test('a header of nothing but faults is given up', () => {
  // Each 13 bytes: an empty key, UINT8, one byte.
  const header = parseHeader(claiming(0, 50_000, new Uint8Array(13 * 50_000)));
  expect(fatalProblem(header)).toMatchObject({ code: 'header-too-large', data: { what: 'faults' } });
  expect(header.problems.length).toBeLessThanOrEqual(MAX_PROBLEMS + 1);
});
