import { link, readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { Companions } from './companions.js';

// After a rewrite the old file itself is the undo record. Beside it stands what the new file looked like, so that undo
// never replaces another one.

/** Keeps the file at `target` for undo. `fresh` is about to be renamed into its place. */
export async function keepOldFile(target: string, fresh: string, { undoFile, undoNote }: Companions): Promise<void> {
  await writeFile(undoNote, await stateOf(fresh), { mode: 0o600 });
  await link(target, undoFile);
}

/** Whether the file at `target` is the one that the rewrite left, unchanged. */
export async function isAsRewritten(target: string, { undoNote }: Companions): Promise<boolean> {
  const noted = await readFile(undoNote, 'utf8').catch(() => undefined);
  return noted !== undefined && noted === (await stateOf(target));
}

/** Ends what is known of the write before: it no longer fits the file. */
export async function forgetUndo({ undo, undoFile, undoNote }: Companions): Promise<void> {
  await Promise.all([undo, undoFile, undoNote].map((record) => rm(record, { force: true })));
}

async function stateOf(file: string): Promise<string> {
  const { ino, size, mtimeNs } = await stat(file, { bigint: true });
  return JSON.stringify({ inode: `${ino}`, size: `${size}`, modified: `${mtimeNs}` });
}
