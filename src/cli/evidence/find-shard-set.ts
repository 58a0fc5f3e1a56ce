import path from 'node:path';
import type { Shard, ShardSet } from '../../checks/shard/shard-set.js';
import { isGgufError } from '../../errors.js';
import type { Header } from '../../gguf/model.js';
import { readHeader } from '../../gguf/parse.js';
import { openFile } from '../../sources/file.js';
import { MAX_SHARDS, parseShardName, shardName } from '../../sources/shard-name.js';

/**
 * The headers of the set that a local file belongs to by its name; `undefined` for a file that is no shard. `header` is
 * the file's own. A shard that is missing, or cannot be read, has no header.
 */
export async function findShardSet(file: string, header: Header, signal?: AbortSignal): Promise<ShardSet | undefined> {
  const named = parseShardName(path.basename(file));
  if (named === undefined || named.count > MAX_SHARDS) return undefined;
  const { prefix, number, count } = named;
  const shards: Shard[] = [];
  for (let position = 1; position <= count; position += 1) {
    const name = shardName(prefix, position, count);
    const found = position === number ? header : await headerOf(path.join(path.dirname(file), name), signal);
    shards.push({ name, number: position, ...(found === undefined ? {} : { header: found }) });
  }
  return { prefix, count, number, shards };
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
