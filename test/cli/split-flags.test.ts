import { expect, test } from 'vitest';
import { readSplitFlags } from '../../src/cli/split-flags.js';

test('what is given is read', () => {
  const given = { maxSize: '2G', maxTensors: '128', tensorFirst: false, dryRun: true, force: true };
  expect(readSplitFlags(given)).toMatchObject({
    limits: { maxBytes: 2e9, maxTensors: 128, metadataOnlyFirst: true },
    dryRun: true,
    force: true,
  });
  expect(readSplitFlags({ maxTensors: '1', tensorFirst: true })).toMatchObject({
    limits: { maxBytes: undefined, maxTensors: 1, metadataOnlyFirst: false },
    dryRun: false,
    force: false,
  });
});

test('metadata apart from all tensors needs no other limit', () => {
  expect(readSplitFlags({ tensorFirst: false }).limits).toMatchObject({ metadataOnlyFirst: true });
});

test.each([
  [{}, 'say when a shard is full, with --max-size or --max-tensors'],
  [{ maxSize: '2 bananas' }, "--max-size is '2 bananas', expected a size such as 2G, 500M or 4GiB"],
  [{ maxSize: '0' }, "--max-size is '0', expected a size such as 2G, 500M or 4GiB"],
  [{ maxTensors: '0' }, '--max-tensors is "0", expected a whole number from 1 to 65536'],
])('%j is refused', (given, message) => {
  expect(() => readSplitFlags({ tensorFirst: true, ...given })).toThrow(message);
});
