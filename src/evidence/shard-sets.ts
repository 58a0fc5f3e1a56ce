import path from 'node:path';
import type { Shard, ShardSet } from '../checks/shard/shard-set.js';
import { isGgufError } from '../errors.js';
import type { Header } from '../gguf/model.js';
import { readHeader } from '../gguf/parse.js';
import { openFile } from '../sources/file.js';
import { parseShardName, shardPaths } from '../sources/shard-name.js';

/** Finds the sets that the files of a run belong to. */
export interface ShardSets {
  /**
   * The headers of the set that a local file belongs to by its name; `undefined` for a file that is no shard. `header`
   * is the file's own. A shard that is missing, or cannot be read, has no header.
   */
  find(file: string, header: Header, signal?: AbortSignal): Promise<ShardSet | undefined>;
}

/**
 * Shard sets, each of which is read once though all of its files are checked. Only the last one is kept: the files of a
 * set come one after the other, and a first shard may hold a vocabulary of 16 MB.
 */
export function shardSets(): ShardSets {
  let last: { readonly key: string; readonly shards: Promise<readonly Shard[]> } | undefined;
  return {
    async find(file, header, signal) {
      const named = parseShardName(path.basename(file));
      if (named === undefined) return undefined;
      const { prefix, number, count } = named;
      const paths = shardPaths(file);
      const [key] = paths;
      if (last?.key !== key) last = { key, shards: readShards(paths, signal) };
      const shards = (await last.shards).map((shard) => (shard.number === number ? { ...shard, header } : shard));
      return { prefix, count, number, shards };
    },
  };
}

async function readShards(paths: readonly string[], signal?: AbortSignal): Promise<readonly Shard[]> {
  const shards: Shard[] = [];
  for (const [index, file] of paths.entries()) {
    const header = await headerOf(file, signal);
    shards.push({ name: path.basename(file), number: index + 1, ...(header === undefined ? {} : { header }) });
  }
  return shards;
}

async function headerOf(file: string, signal?: AbortSignal): Promise<Header | undefined> {
  signal?.throwIfAborted();
  try {
    await using source = await openFile(file);
    return await readHeader(source, signal);
  } catch (error) {
    // Which file it is and why it cannot be read is told where that file itself is checked.
    if (isGgufError(error, 'aborted') || signal?.aborted === true) throw error;
    return undefined;
  }
}
