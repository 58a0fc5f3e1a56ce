import path from 'node:path';
import { GgufError } from '../../errors.js';
import type { FileSource } from '../../sources/file.js';
import { newShardPaths } from '../../sources/shard-name.js';
import { lentPool } from '../../tensors/lent-pool.js';
import { writeNewFile } from '../apply-rewrite.js';
import type { ChangeContext } from '../change-file.js';
import { companionsOf } from '../companions.js';
import { refuseJournal } from '../find-journal.js';
import { withLock } from '../lock.js';
import { requireNewOutput } from '../new-output.js';
import { publish } from '../publish.js';
import { requireSpace, resolveSource } from '../target.js';
import { withTempFolder } from '../temp-folder.js';
import type { SplitPlan } from './plan-split.js';

/** What is written, and over what. */
export interface SplitFileOptions {
  /** Made by `planSplit` of the source's header. */
  readonly plan: SplitPlan;
  /** Replace shards of these names. */
  readonly force: boolean;
}

/**
 * Writes the shards of `source` beside each other: `OUT-00001-of-0000N.gguf` and so on. They are written, synced and
 * verified in a folder beside their place and get their names only then, the first last: without it no set is taken for a
 * model. Resolves to their paths in order; the source stays. On any failure, or killed at any moment, no shard is there
 * in part. Rejects with `not-writable`, `no-space`, `locked`, `journal-present`, `file-changed`, `verification-failed`,
 * `aborted`, or with the system's error.
 */
export async function splitFile(
  source: FileSource,
  out: string,
  { plan, force }: SplitFileOptions,
  context: ChangeContext,
): Promise<readonly string[]> {
  const files = await requireNewShards(source, out, { plan, force });
  const [first = out] = files;
  await refuseJournal(source.path);
  await source.assertUnchanged();
  const { lock, temp } = companionsOf(path.resolve(first));
  await withLock(lock, first, async () => {
    await withTempFolder(temp, async (folder) => {
      await requireSpace(first, plan.bytes);
      const moves = files.map((file) => ({ temp: path.join(folder, path.basename(file)), out: file }));
      await writeShards(source, plan, moves, context);
      if (context.signal?.aborted === true) throw new GgufError('aborted', 'stopped', { why: 'signal' });
      await publish(moves, force);
    });
  });
  return files;
}

/** The paths of the shards. Rejects with `not-writable` where they cannot become new files. */
export async function requireNewShards(
  source: Pick<FileSource, 'path'>,
  out: string,
  { plan, force }: SplitFileOptions,
): Promise<readonly string[]> {
  // Names of shards begin with it: of a folder they would be hidden files in it.
  const isFolder = /(^|[/\\])\.{0,2}$/.test(out);
  const why = out === '-' ? 'shards cannot go to standard output' : isFolder ? 'it is a folder: add a name' : undefined;
  if (why !== undefined) throw new GgufError('not-writable', `will not write ${out}: ${why}`, { path: out, why });
  const files = newShardPaths(out, plan.shards.length);
  for (const file of files) await requireNewOutput(file, [source.path], force);
  return files;
}

async function writeShards(
  source: FileSource,
  { shards }: SplitPlan,
  moves: readonly { readonly temp: string }[],
  context: ChangeContext,
): Promise<void> {
  const like = await resolveSource(source.path);
  await using pool = await context.openPool();
  const options = { ...context, identity: source.identity, openPool: async () => lentPool(pool) };
  for (const [index, { plan }] of shards.entries()) {
    const temp = moves[index]?.temp;
    if (temp !== undefined) await writeNewFile({ source: like.path, temp, like, plan }, options);
  }
}
