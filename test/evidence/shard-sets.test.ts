import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { shardSets } from '../../src/evidence/shard-sets.js';
import { parseHeader } from '../../src/gguf/parse.js';
import { shard } from '../checks/shard/shard-test.js';
import { tempFolder } from '../support/temp.js';

const header = parseHeader(shard(1, 3).bytes());

test('reads the shards beside a file; a missing one has no header', async () => {
  const folder = tempFolder();
  writeFileSync(path.join(folder, 'm-00003-of-00003.gguf'), shard(3, 3).bytes());
  const set = await shardSets().find(path.join(folder, 'm-00001-of-00003.gguf'), header);
  expect(set).toMatchObject({ prefix: 'm', count: 3, number: 1 });
  expect(set!.shards.map((one) => one.header?.tensors[0]?.name)).toEqual([
    'blk.1.ffn_up.weight',
    undefined,
    'blk.3.ffn_up.weight',
  ]);
});

test.each(['model.gguf', 'm-1-of-3.gguf', 'm-00004-of-00003.gguf', 'm-00000-of-00003.gguf'])(
  '%s is no shard of a set',
  async (name) => {
    expect(await shardSets().find(name, header)).toBeUndefined();
  },
);

test('a set is read once for all of its files, and its names may be in capitals', async () => {
  const folder = tempFolder();
  const file = (number: number): string => path.join(folder, `M-0000${number}-OF-00003.GGUF`.replace('OF', 'of'));
  for (const number of [1, 2, 3]) writeFileSync(file(number), shard(number, 3).bytes());
  const sets = shardSets();
  const first = await sets.find(file(1), header);
  rmSync(file(3));
  const second = await sets.find(file(2), header);
  expect(first!.shards.map((one) => one.header !== undefined)).toEqual([true, true, true]);
  // Its own header is the one that was given.
  expect(second!.shards.map((one) => one.header === header)).toEqual([false, true, false]);
  expect(second!.shards[2]!.header).toBe(first!.shards[2]!.header);
});

test('of a set that claims more shards than any has, the first ones are looked for', async () => {
  const set = await shardSets().find(path.join(tempFolder(), 'm-00001-of-99999.gguf'), header);
  expect(set).toMatchObject({ count: 99_999 });
  expect(set!.shards).toHaveLength(4096);
});
