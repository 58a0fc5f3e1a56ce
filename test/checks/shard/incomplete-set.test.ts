import { expect, test } from 'vitest';
import { incompleteSet } from '../../../src/checks/shard/incomplete-set.js';
import { findingsOfShard, shard } from './shard-test.js';

test('passes where all shards are there', () => {
  expect(findingsOfShard(incompleteSet, [shard(1, 2), shard(2, 2)], 1)).toEqual([]);
});

test('names the missing shards', () => {
  const [finding, ...others] = findingsOfShard(incompleteSet, [shard(1, 3), undefined, shard(3, 3)], 1);
  expect(others).toEqual([]);
  expect(finding).toMatchObject({ severity: 'error', data: { count: 3, missing: 1 } });
  expect(finding!.message).toMatch(/^1 of 3 shards are missing or unreadable: 'model-00002-of-00003\.gguf'; /);
});
