import path from 'node:path';
import { expect, test } from 'vitest';
import { MAX_SHARDS, newShardPaths, parseShardName, shardName, shardPaths } from '../../src/sources/shard-name.js';

test('a name is put together as it was taken apart', () => {
  const name = 'a-b-00002-of-00010.GgUf';
  expect(parseShardName(name)).toEqual({ prefix: 'a-b', number: 2, count: 10, extension: '.GgUf' });
  expect(shardName('a-b', 2, 10, '.GgUf')).toBe(name);
  expect(shardName('a', 1, 3)).toBe('a-00001-of-00003.gguf');
});

test('the paths of a set are the same by any of its shards, and spelt as that', () => {
  const paths = [1, 2, 3].map((number) => path.join('x', `m-0000${number}-of-00003.GGUF`));
  for (const file of paths) expect(shardPaths(file)).toEqual(paths);
});

test.each(['x/model.gguf', 'm-1-of-3.gguf', 'm-00004-of-00003.gguf', 'm-00000-of-00003.gguf'])(
  '%s stands for itself',
  (file) => {
    expect(shardPaths(file)).toEqual([file]);
  },
);

test('a hostile name does not stand for more paths than any set has', () => {
  expect(shardPaths('m-00007-of-99999.gguf')).toHaveLength(MAX_SHARDS);
});

test('a new set is named as llama.cpp names it, in order', () => {
  const names = ['m-00001-of-00002.gguf', 'm-00002-of-00002.gguf'];
  expect(newShardPaths(path.join('x', 'm'), 2)).toEqual(names.map((name) => path.join('x', name)));
  expect(newShardPaths('m.gguf', 2)).toEqual(names);
  expect(newShardPaths('m.gguf', 1)).toEqual(['m-00001-of-00001.gguf']);
});
