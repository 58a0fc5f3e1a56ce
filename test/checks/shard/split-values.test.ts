import { expect, test } from 'vitest';
import { splitValues } from '../../../src/checks/shard/split-values.js';
import { gguf } from '../../support/gguf-builder.js';
import { findingsOfShard, shard } from './shard-test.js';

test.each([1, 2])('passes on a sound shard %i', (number) => {
  expect(findingsOfShard(splitValues, [shard(1, 2), shard(2, 2)], number)).toEqual([]);
});

test('finds a shard in another position', () => {
  const [finding, ...others] = findingsOfShard(splitValues, [shard(1, 3), shard(3, 3), shard(2, 3)], 2);
  expect(others).toEqual([]);
  expect(finding).toMatchObject({ severity: 'error', place: { name: 'split.no' } });
  expect(finding!.message).toBe("'split.no' is 2, expected 1 (its position in the name, from 0)");
});

test('finds a wrong total: an error in the first shard, which is the one that is read, a warning in another', () => {
  const files = [shard(1, 2, 9), shard(2, 2, 9)];
  expect(findingsOfShard(splitValues, files, 1)).toMatchObject([
    { severity: 'error', data: { found: 9, expected: 2 } },
  ]);
  expect(findingsOfShard(splitValues, files, 2)).toMatchObject([{ severity: 'warning' }]);
});

test('finds missing keys, and guesses no total where a shard is missing', () => {
  const bare = gguf().tensor('a', 'F32', [8]);
  const messages = findingsOfShard(splitValues, [undefined, bare], 2).map(({ message }) => message);
  expect(messages).toEqual([
    "'split.count' is missing, expected 2 (from the name)",
    "'split.no' is missing, expected 1 (its position in the name, from 0)",
  ]);
});
