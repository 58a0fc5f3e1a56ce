import { expect, test } from 'vitest';
import { staleSplitKeys } from '../../../src/checks/shard/stale-split-keys.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import { changedNames, findingsWith, fixedHeader } from '../rule-test.js';
import { shard } from './shard-test.js';

test('passes on a file that is named as a shard, and on one without split keys', () => {
  expect(findingsWith(staleSplitKeys, shard(1, 2), { name: 'model-00001-of-00002.gguf' })).toEqual([]);
  expect(findingsWith(staleSplitKeys, shard(1, 1), { name: 'model.gguf' })).toEqual([]);
});

test('finds a renamed shard, which has no fix', () => {
  const [finding] = findingsWith(staleSplitKeys, shard(1, 2), { name: 'model.gguf' });
  expect(finding!.message).toMatch(/^'split\.count' is 2, but the file is not named as a shard.* 1 of 2 tensors$/);
  expect(finding!.fix).toBeUndefined();
});

test('removes the keys of a file that has all tensors, and nothing else', () => {
  const whole = shard(1, 2, 1);
  const [finding] = findingsWith(staleSplitKeys, whole, { name: 'model.gguf' });
  const header = parseHeader(whole.bytes());
  expect(finding!.fix!.safety).toBe('safe');
  expect(changedNames(header, fixedHeader(header, finding!))).toEqual({
    keys: ['split.no', 'split.count', 'split.tensors.count'],
    tensors: [],
  });
});
