import path from 'node:path';
import { expandSources } from './expand.js';
import { shardPaths } from './shard-name.js';

/**
 * The models that source arguments stand for, by the file that llama.cpp is given: a set of shards is its first one. A
 * file of `except` that a folder or a glob brought along is left out. An argument that leads nowhere stays as it is.
 */
export async function wholeModels(args: readonly string[], except: readonly string[]): Promise<string[]> {
  const unwanted = new Set(except.map((file) => path.resolve(firstShard(file))));
  const models = (await expandSources(args))
    .filter(({ source }) => args.includes(source) || !unwanted.has(path.resolve(firstShard(source))))
    .map(({ source }) => firstShard(source));
  return [...new Set(models)];
}

function firstShard(file: string): string {
  return shardPaths(file)[0];
}
