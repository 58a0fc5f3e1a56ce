import { expect, test } from 'vitest';
import { alignmentDiffers } from '../../../src/checks/shard/alignment-differs.js';
import { findingsOfShard, shard } from './shard-test.js';

test('passes where all shards are aligned alike', () => {
  expect(findingsOfShard(alignmentDiffers, [shard(1, 2), shard(2, 2)], 2)).toEqual([]);
});

test('finds a shard that is aligned otherwise than the first', () => {
  const first = shard(1, 2).metadata('general.alignment', { type: 'uint32', value: 64 });
  expect(findingsOfShard(alignmentDiffers, [first, shard(2, 2)], 1)).toEqual([]);
  const [finding] = findingsOfShard(alignmentDiffers, [first, shard(2, 2)], 2);
  expect(finding!.message).toMatch(/^the shard is aligned to 32 bytes, the first one to 64/);
});
