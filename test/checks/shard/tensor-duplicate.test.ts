import { expect, test } from 'vitest';
import { tensorDuplicate } from '../../../src/checks/shard/tensor-duplicate.js';
import { findingsOfShard, shard } from './shard-test.js';

test('passes where each tensor is in one shard', () => {
  expect(findingsOfShard(tensorDuplicate, [shard(1, 2), shard(2, 2)], 2)).toEqual([]);
});

test('finds a tensor of an earlier shard, and only in the later one', () => {
  const files = [shard(1, 2), shard(2, 2).tensor('blk.1.ffn_up.weight', 'F32', [8])];
  expect(findingsOfShard(tensorDuplicate, files, 1)).toEqual([]);
  const findings = findingsOfShard(tensorDuplicate, files, 2);
  expect(findings).toHaveLength(1);
  expect(findings[0]!.message).toMatch(/^tensor 'blk\.1\.ffn_up\.weight' is in 'model-00001-of-00002\.gguf' as well/);
});
