import { rename, rm, stat } from 'node:fs/promises';
import { badOption } from '../errors.js';
import type { FileIdentity } from '../sources/file.js';
import type { WorkerPool } from '../tensors/pool.js';
import { applyInPlace } from './apply-in-place.js';
import { type RewriteProgress, writeNewFile } from './apply-rewrite.js';
import { companionsOf } from './companions.js';
import { fileChanged } from './file-changed.js';
import { refuseJournal } from './find-journal.js';
import { withLock } from './lock.js';
import type { WritePlan } from './plan.js';
import { publish } from './publish.js';
import { syncFolderOf } from './sync.js';
import { isSameInode, refuseHardLinks, requireNewFile, resolveSource, resolveTarget, type Target } from './target.js';
import { forgetUndo, keepOldFile } from './undo-record.js';

/** How `applyPlan` goes about it. */
export interface ApplyOptions {
  /** Opens the workers; called only where tensors are copied or converted. */
  readonly openPool: () => Promise<WorkerPool>;
  /** The file as it was when the plan was made. */
  readonly identity: FileIdentity;
  /** The strategy was asked for by name, so hard links are no surprise. */
  readonly isStrategyForced: boolean;
  /** Keep what is needed to restore the old bytes. */
  readonly keepUndo: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: RewriteProgress;
}

/**
 * Does what a plan says to `file`: under a lock, journaled or by replacing the file atomically, synced, verified.
 * Rejects with the file as it was; killed at any instant, it leaves the old file, the new one, or one that `recover`
 * turns into one of them.
 */
export async function applyPlan(file: string, plan: WritePlan, options: ApplyOptions): Promise<void> {
  const target = await resolveTarget(file);
  refuseHardLinks(target, plan.strategy, options.isStrategyForced);
  await withLock(target.companions.lock, file, async () => {
    await refuseJournal(target.path);
    if (plan.strategy === 'rewrite') {
      await writeNewFile({ source: target.path, temp: target.companions.temp, like: target, plan }, options);
      await replace(target, options);
    } else {
      await applyInPlace(target, plan, options);
    }
  });
}

/** Does what a rewrite plan says, but into a new file `out`; the source is only read. */
export async function applyPlanTo(
  out: string,
  source: string,
  plan: Extract<WritePlan, { strategy: 'rewrite' }>,
  options: Omit<ApplyOptions, 'isStrategyForced' | 'keepUndo'> & { readonly force: boolean },
): Promise<void> {
  if (await isSameInode(out, source)) {
    throw badOption('-o names the input itself; leave it out to change the file in place');
  }
  await requireNewFile(out, options.force);
  await refuseJournal(source);
  for (const { from } of plan.conversions) {
    if (from.origin === undefined || !(await isSameInode(out, from.origin.path))) continue;
    throw badOption('-o names the file that tensors are taken from');
  }
  const like = await resolveSource(source);
  const { lock, temp } = companionsOf(out);
  await withLock(lock, out, async () => {
    await writeNewFile({ source: like.path, temp, like, plan }, options);
    await publish([{ temp, out }], options.force);
  });
}

/** Puts the finished file in the old one's place; with `keepUndo` the old one stays under another name. */
async function replace(
  { path: file, companions }: Target,
  { keepUndo, identity }: Pick<ApplyOptions, 'keepUndo' | 'identity'>,
): Promise<void> {
  try {
    // Somebody may have put another file there, which must not be lost.
    const { ino, dev } = await stat(file, { bigint: true });
    if (ino !== identity.inode || dev !== identity.device) throw fileChanged(file);
    await forgetUndo(companions);
    if (keepUndo) await keepOldFile(file, companions.temp, companions);
    await rename(companions.temp, file);
  } catch (error) {
    await rm(companions.temp, { force: true });
    throw error;
  }
  await syncFolderOf(file);
}
