import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { GgufError } from '../errors.js';
import { unreadableBecause } from '../sources/unreadable.js';
import { type Companions, companionsOf } from './companions.js';
import { refuseJournal } from './find-journal.js';
import { isDone, isOfFile, type Journal, readJournal, rollBack } from './journal.js';
import { withLock } from './lock.js';
import { syncFolderOf } from './sync.js';
import { isSameInode } from './target.js';
import { removeTempFolders } from './temp-folder.js';
import { forgetUndo, isAsRewritten } from './undo-record.js';

/** What `recover` found and did. */
export type Recovery =
  /** Nothing was interrupted. */
  | 'nothing-to-do'
  /** The interrupted write had finished; only its journal was left. */
  | 'completed'
  /** The old bytes were put back. */
  | 'rolled-back'
  /** Only an unfinished temporary file or journal was left; the file itself had not been touched. */
  | 'cleaned-up';

/** Finishes or rolls back an interrupted write of `file` and removes what it left. Can itself be interrupted and run again. */
export async function recoverFile(file: string): Promise<Recovery> {
  const { target, companions } = await resolve(file);
  return await withLock(companions.lock, file, async () => {
    const results = [
      await removeLeftovers(target, companions),
      await recoverWith(target, companions, companions.journal, 'finish-or-roll-back'),
      await recoverWith(target, companions, companions.undoing, 'roll-back'),
    ];
    await syncFolderOf(target);
    return (
      results.find((result) => result === 'rolled-back' || result === 'completed') ??
      results.find(isNews) ??
      'nothing-to-do'
    );
  });
}

function isNews(result: Recovery): boolean {
  return result !== 'nothing-to-do';
}

/** Uses up one journal. An interrupted undo only ever goes back; an interrupted write may turn out to be done. */
async function recoverWith(
  target: string,
  companions: Companions,
  journalPath: string,
  how: 'finish-or-roll-back' | 'roll-back',
): Promise<Recovery> {
  const journal = await readJournal(journalPath);
  if (journal === undefined) return 'nothing-to-do';
  const result = journal === 'incomplete' ? 'cleaned-up' : await settle(target, journalPath, journal, how);
  // The write that is done ends the undo record of the one before.
  if (result === 'completed') await forgetUndo(companions);
  if (result === 'completed' && journal !== 'incomplete' && journal.keepUndo)
    await rename(journalPath, companions.undo);
  else await rm(journalPath);
  return result;
}

/** How `undoFile` restored the old bytes: `journal` for an in-place write, `file` for a rewrite. */
export type Undone = { readonly from: 'journal' | 'file'; readonly bytes: number };

/**
 * Restores exactly the bytes that `file` had before the last write with `--keep-undo`.
 * Rejects with `not-found` without an undo record, with `journal-unusable` if the file changed since, with
 * `journal-present` where a later write was interrupted: the bytes in between are known to its journal only.
 */
export async function undoLastWrite(file: string): Promise<Undone> {
  const { target, companions } = await resolve(file);
  return await withLock(companions.lock, file, async () => {
    await refuseJournal(target);
    await removeLeftovers(target, companions);
    const kept = await stat(companions.undoFile).catch(() => undefined);
    if (kept !== undefined) return await restoreFile(target, companions, kept.size);
    const record = await readJournal(companions.undo);
    if (record === undefined || record === 'incomplete') return refuseUndo(file);
    return await restoreBytes(target, companions, record);
  });
}

function refuseUndo(file: string): never {
  const message = `there is no undo record of ${file}; one is kept by fix, requantize and meta with --keep-undo`;
  throw new GgufError('not-found', message, { kind: 'undo-record', name: file });
}

/** The file behind `file`, links followed. It may be missing where a copy to it was killed: then its companions count. */
async function resolve(file: string): Promise<{ target: string; companions: Companions }> {
  const found = await realpath(file).catch(() => undefined);
  const target = found ?? path.resolve(file);
  const companions = companionsOf(target);
  const { lock, temp } = companions;
  if (found === undefined && !(await exists(temp)) && !(await exists(lock))) {
    throw unreadableBecause(file, 'no such file');
  }
  return { target, companions };
}

async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined)) !== undefined;
}

async function settle(
  target: string,
  journalPath: string,
  journal: Journal,
  how: 'finish-or-roll-back' | 'roll-back',
): Promise<Recovery> {
  return await withFile(target, async (handle) => {
    if (how === 'finish-or-roll-back' && (await isDone(handle, journal))) {
      // The killed process may not have come to its own sync, and the journal is about to go.
      await handle.sync();
      return 'completed';
    }
    if (!(await isOfFile(handle, journal))) {
      const why = 'it belongs to another file that had this name';
      const message = `${journalPath} cannot be used: ${why}; remove it if the file is good`;
      throw new GgufError('journal-unusable', message, { journal: journalPath, why });
    }
    await rollBack(handle, journal);
    return 'rolled-back';
  });
}

async function restoreFile(target: string, companions: Companions, bytes: number): Promise<Undone> {
  const { undoFile, undoNote } = companions;
  if (!(await isAsRewritten(target, companions))) {
    const why = 'the file has changed since';
    throw new GgufError('journal-unusable', `${undoFile} cannot be used: ${why}`, { journal: undoFile, why });
  }
  await rename(undoFile, target);
  await rm(undoNote, { force: true });
  await syncFolderOf(target);
  return { from: 'file', bytes };
}

/** The record gets another name before anything changes, so that `recover` finishes an interrupted undo. */
async function restoreBytes(target: string, { undo, undoing }: Companions, record: Journal): Promise<Undone> {
  await withFile(target, async (handle) => {
    if (!(await isDone(handle, record))) {
      const why = 'the file has changed since';
      throw new GgufError('journal-unusable', `${undo} cannot be used: ${why}`, { journal: undo, why });
    }
    await rename(undo, undoing);
    await syncFolderOf(target);
    await rollBack(handle, record);
  });
  await rm(undoing);
  await syncFolderOf(target);
  return { from: 'journal', bytes: record.oldBytes.reduce((sum, { byteLength }) => sum + byteLength, 0) };
}

async function withFile<T>(target: string, work: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await open(target, 'r+');
  try {
    return await work(handle);
  } finally {
    await handle.close();
  }
}

/** Removes unfinished new files, and an undo copy that is still the file itself. */
async function removeLeftovers(target: string, { temp, undoFile, undoNote }: Companions): Promise<Recovery> {
  const isUnfinished = (await removeTempFolders(temp)) || (await exists(temp));
  await rm(temp, { force: true });
  if (await isSameInode(target, undoFile)) await rm(undoFile, { force: true });
  // Written before the old file was kept, or used up.
  if (!(await exists(undoFile))) await rm(undoNote, { force: true });
  return isUnfinished ? 'cleaned-up' : 'nothing-to-do';
}
