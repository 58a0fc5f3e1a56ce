import { link, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { parseShardName } from '../sources/shard-name.js';
import { companionsOf } from './companions.js';
import { syncFolderOf } from './sync.js';
import { requireNewFile } from './target.js';

/** A finished file, and the name that it is to have. */
export interface Move {
  readonly temp: string;
  readonly out: string;
}

/**
 * Gives finished files their names. Without `force` a file that took a name meanwhile stays, and those that were given
 * theirs already go again. What is known of older files of these names is over. Call it under their locks.
 *
 * The first comes last: without its first shard no set is taken for a model. With `force` the old first shard goes before.
 */
export async function publish(moves: readonly Move[], force: boolean): Promise<void> {
  if (force) await breakOldSet(moves);
  const done: string[] = [];
  try {
    for (const { temp, out } of moves.toReversed()) {
      await publishOne(temp, out, force);
      done.push(out);
    }
  } catch (error) {
    if (!force) for (const out of done) await rm(out, { force: true });
    throw error;
  }
  for (const { out } of moves) {
    await forgetRecords(out);
    await syncFolderOf(out);
  }
}

/** While old and new shards stand beside each other, which may be of like shape, they must not pass for one model. */
async function breakOldSet(moves: readonly Move[]): Promise<void> {
  const shards = moves.filter(({ out }) => parseShardName(path.basename(out)) !== undefined);
  const [first] = shards;
  // One file is replaced whole.
  if (first === undefined || shards.length === 1) return;
  await rm(first.out, { force: true });
  await syncFolderOf(first.out);
}

async function publishOne(temp: string, out: string, force: boolean): Promise<void> {
  try {
    if (force) await rename(temp, out);
    else await link(temp, out);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'EEXIST') await requireNewFile(out, force);
    // File systems without hard links, such as exFAT.
    if (force || (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS')) throw error;
    await rename(temp, out);
  } finally {
    await rm(temp, { force: true });
  }
}

async function forgetRecords(out: string): Promise<void> {
  const { lock: _held, temp: _moved, ...records } = companionsOf(out);
  await Promise.all(Object.values(records).map((record) => rm(record, { force: true })));
}
