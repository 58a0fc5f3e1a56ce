import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { findShardSet } from '../../../src/cli/evidence/find-shard-set.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import { shard } from '../../checks/shard/shard-test.js';
import { tempFolder } from '../../support/temp.js';

const header = parseHeader(shard(1, 3).bytes());

test('reads the shards beside a file; a missing one has no header', async () => {
  const folder = tempFolder();
  writeFileSync(path.join(folder, 'm-00003-of-00003.gguf'), shard(3, 3).bytes());
  const set = await findShardSet(path.join(folder, 'm-00001-of-00003.gguf'), header);
  expect(set).toMatchObject({ prefix: 'm', count: 3, number: 1 });
  expect(set!.shards.map((one) => one.header?.tensors[0]?.name)).toEqual([
    'blk.1.ffn_up.weight',
    undefined,
    'blk.3.ffn_up.weight',
  ]);
});

test.each(['model.gguf', 'm-1-of-3.gguf', 'm-00004-of-00003.gguf', 'm-00000-of-00003.gguf', 'm-00001-of-99999.gguf'])(
  '%s is no shard of a set',
  async (name) => {
    expect(await findShardSet(name, header)).toBeUndefined();
  },
);
