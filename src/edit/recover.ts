import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { GgufError } from '../errors.js';
import { type Companions, companionsOf } from './companions.js';
import { isDone, isOfFile, type Journal, readJournal, rollBack } from './journal.js';
import { withLock } from './lock.js';
import { syncFolderOf } from './sync.js';

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
  const { path, companions } = await resolve(file);
  return await withLock(companions.lock, file, async () => {
    const results = [
      await removeLeftovers(path, companions),
      await recoverWith(path, companions.journal, 'finish-or-roll-back'),
      await recoverWith(path, companions.undoing, 'roll-back'),
    ];
    await syncFolderOf(path);
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
  path: string,
  journalPath: string,
  how: 'finish-or-roll-back' | 'roll-back',
): Promise<Recovery> {
  const journal = await readJournal(journalPath);
  if (journal === undefined) return 'nothing-to-do';
  const result = journal === 'incomplete' ? 'cleaned-up' : await settle(path, journalPath, journal, how);
  await rm(journalPath);
  return result;
}

/** Whether an interrupted write of `file` left something for `recover`. Never throws. */
export async function findJournal(file: string): Promise<string | undefined> {
  const resolved = await realpath(file).catch(() => file);
  const { journal, undoing } = companionsOf(resolved);
  for (const record of [journal, undoing]) {
    if ((await stat(record).catch(() => undefined)) !== undefined) return record;
  }
  return undefined;
}

/** How `undoFile` restored the old bytes: `journal` for an in-place write, `file` for a rewrite. */
export type Undone = { readonly from: 'journal' | 'file'; readonly bytes: number };

/**
 * Restores exactly the bytes that `file` had before the last write with `--keep-undo`.
 * Rejects with `not-found` without an undo record, with `journal-unusable` if the file changed since.
 */
export async function undoLastWrite(file: string): Promise<Undone> {
  const { path, companions } = await resolve(file);
  return await withLock(companions.lock, file, async () => {
    const kept = await stat(companions.undoFile).catch(() => undefined);
    if (kept !== undefined) return await restoreFile(path, companions, kept.size);
    const record = await readJournal(companions.undo);
    if (record === undefined || record === 'incomplete') {
      const message = `there is no undo record of ${file}; one is kept by fix, requantize and meta with --keep-undo`;
      throw new GgufError('not-found', message, { kind: 'undo-record', name: file });
    }
    return await restoreBytes(path, companions, record);
  });
}

async function resolve(file: string): Promise<{ path: string; companions: Companions }> {
  const path = await realpath(file).catch((cause: unknown) => {
    throw new GgufError('source-unreadable', `cannot read ${file}: no such file`, { uri: file }, { cause });
  });
  return { path, companions: companionsOf(path) };
}

async function settle(
  path: string,
  journalPath: string,
  journal: Journal,
  how: 'finish-or-roll-back' | 'roll-back',
): Promise<Recovery> {
  return await withFile(path, async (handle) => {
    if (how === 'finish-or-roll-back' && (await isDone(handle, journal))) return 'completed';
    if (!(await isOfFile(handle, journal))) {
      const why = 'it belongs to another file that had this name';
      const message = `${journalPath} cannot be used: ${why}; remove it if the file is good`;
      throw new GgufError('journal-unusable', message, { journal: journalPath, why });
    }
    await rollBack(handle, journal);
    return 'rolled-back';
  });
}

async function restoreFile(path: string, { undoFile }: Companions, bytes: number): Promise<Undone> {
  await rename(undoFile, path);
  await syncFolderOf(path);
  return { from: 'file', bytes };
}

/** The record gets another name before anything changes, so that `recover` finishes an interrupted undo. */
async function restoreBytes(path: string, { undo, undoing }: Companions, record: Journal): Promise<Undone> {
  await withFile(path, async (handle) => {
    if (!(await isDone(handle, record))) {
      const why = 'the file has changed since';
      throw new GgufError('journal-unusable', `${undo} cannot be used: ${why}`, { journal: undo, why });
    }
    await rename(undo, undoing);
    await syncFolderOf(path);
    await rollBack(handle, record);
  });
  await rm(undoing);
  await syncFolderOf(path);
  return { from: 'journal', bytes: record.oldBytes.reduce((sum, { byteLength }) => sum + byteLength, 0) };
}

async function withFile<T>(path: string, work: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await open(path, 'r+');
  try {
    return await work(handle);
  } finally {
    await handle.close();
  }
}

/** Removes an unfinished new file, and an undo copy that is still the file itself. */
async function removeLeftovers(path: string, { temp, undoFile }: Companions): Promise<Recovery> {
  const unfinished = await stat(temp).catch(() => undefined);
  if (unfinished !== undefined) await rm(temp, { force: true });
  const [kept, present] = [await stat(undoFile).catch(() => undefined), await stat(path)];
  if (kept !== undefined && kept.ino === present.ino) await rm(undoFile, { force: true });
  return unfinished === undefined ? 'nothing-to-do' : 'cleaned-up';
}
