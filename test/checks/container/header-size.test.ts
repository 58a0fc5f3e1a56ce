import { expect, test } from 'vitest';
import { headerSize } from '../../../src/checks/container/header-size.js';
import { runChecks, verdictOf } from '../../../src/checks/run.js';
import { readHeader } from '../../../src/gguf/parse.js';
import { MAX_HEADER_BYTES } from '../../../src/limits.js';
import { gguf } from '../../support/gguf-builder.js';
import { cleanFile, findingsOf } from '../rule-test.js';

test('passes on a clean file', () => {
  expect(findingsOf(headerSize, cleanFile().bytes())).toEqual([]);
});

test('a value beyond the limit fails the file, though ggml would read it, and is not read', async () => {
  const value = { type: 'array', itemType: 'uint8', items: [], count: BigInt(MAX_HEADER_BYTES) } as const;
  const start = gguf().metadata('data.set', value).bytes();
  let bytesRead = 0;
  const header = await readHeader({
    uri: 'huge.gguf',
    size: 4 * MAX_HEADER_BYTES,
    read: async () => expect.unreachable('the parser reads into its own buffer'),
    readInto: async (target, offset) => {
      bytesRead += target.byteLength;
      target.fill(0);
      if (offset === 0) target.set(start);
    },
    [Symbol.asyncDispose]: async () => {},
  });

  const findings = runChecks(header);
  expect(findings.map(({ rule }) => rule)).toEqual(['container/header-size']);
  expect(findings[0]!.data).toMatchObject({ code: 'header-too-large', data: { limit: MAX_HEADER_BYTES } });
  expect(verdictOf(findings)).toBe('fail');
  expect(bytesRead).toBeLessThan(1_000_000);
});
