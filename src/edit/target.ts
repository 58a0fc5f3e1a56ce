import { access, constants, lstat, realpath, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { GgufError } from '../errors.js';
import { MAX_FILE_NAME_BYTES } from '../limits.js';
import { type Companions, companionsOf } from './companions.js';
import type { Strategy } from './plan.js';

/** A file that will be changed, looked at before anything happens to it. */
export interface Target {
  /** The file itself: a symlink is followed, and stays one. */
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Names that the file has in the file system. A name that a killed rewrite gave it, to keep it for undo, does not count. */
  readonly links: number;
  readonly companions: Companions;
}

/** Resolves a path to the file that will be changed. Rejects with `not-writable` for a read-only file or a folder. */
export async function resolveTarget(file: string): Promise<Target> {
  const resolved = await realpath(file);
  const { mode, uid, gid, nlink } = await stat(resolved);
  // Root may write everything, but a file without any write bit was meant to stay as it is.
  if ((mode & 0o222) === 0) {
    const octal = (mode & 0o777).toString(8).padStart(4, '0');
    throw notWritable(file, `it is read-only (mode ${octal}); make it writable, or write a copy with -o OUT`);
  }
  // A rename would replace even a file that one may not write: its owner did not mean that.
  await access(resolved, constants.W_OK).catch((cause: unknown) => {
    throw notWritable(file, 'permission denied; write a copy with -o OUT', cause);
  });
  const companions = companionsOf(resolved);
  const links = (await isSameInode(resolved, companions.undoFile)) ? nlink - 1 : nlink;
  return { path: resolved, mode, uid, gid, links, companions };
}

/** The source of a copy: it may be read-only, since only its path and the mode of the copy matter. */
export async function resolveSource(source: string): Promise<Pick<Target, 'path' | 'mode' | 'uid' | 'gid'>> {
  const resolved = await realpath(source);
  const { mode, uid, gid } = await stat(resolved);
  return { path: resolved, mode: mode | 0o200, uid, gid };
}

/** Whether two paths are names of the same file. False where one of them is missing. */
export async function isSameInode(one: string, other: string): Promise<boolean> {
  const [a, b] = [await identityOf(one), await identityOf(other)];
  return a !== undefined && a === b;
}

async function identityOf(file: string): Promise<string | undefined> {
  const stats = await stat(file, { bigint: true }).catch(() => undefined);
  return stats === undefined ? undefined : `${stats.dev} ${stats.ino}`;
}

/**
 * A file with several names (hard links) is shared with somebody, often a model store that names it by its hash.
 * Changing it in place would change it under all names, replacing it would part them: only an explicit
 * `--strategy` says which is meant.
 */
export function refuseHardLinks({ path: file, links }: Target, strategy: Strategy, isForced: boolean): void {
  if (links <= 1 || isForced) return;
  const effect = strategy === 'rewrite' ? 'would part this name from the others' : 'would change it under all of them';
  throw notWritable(
    file,
    `it has ${links} names (hard links) and writing ${effect}; say --strategy ${strategy} if you want that, or write a copy with -o OUT`,
  );
}

/** Rejects with `no-space` if the folder of `file` has less than `need` bytes free. */
export async function requireSpace(file: string, need: number): Promise<void> {
  const folder = path.dirname(file);
  const { bavail, bsize } = await statfs(folder);
  const have = bavail * bsize;
  if (need > have) {
    throw new GgufError('no-space', `${folder} has ${have} bytes free, ${need} are needed`, {
      path: folder,
      need,
      have,
    });
  }
}

/** Rejects with `not-writable` if `out` cannot become a new file. */
export async function requireNewFile(out: string, isForced: boolean): Promise<void> {
  const found = await lstat(out).catch(() => undefined);
  if (out === '-') throw notWritable(out, 'writing to standard output is not supported');
  if (found?.isDirectory() === true) throw notWritable(out, 'it is a folder');
  if (found !== undefined && !found.isFile()) throw notWritable(out, 'it is no regular file');
  if (found !== undefined && !isForced) throw notWritable(out, 'it exists already; say --force to replace it');
  const bytes = Buffer.byteLength(path.basename(out));
  if (bytes > MAX_FILE_NAME_BYTES)
    throw notWritable(out, `its name has ${bytes} bytes, expected at most ${MAX_FILE_NAME_BYTES}`);
  const folder = await stat(path.dirname(path.resolve(out))).catch(() => undefined);
  if (folder?.isDirectory() !== true) throw notWritable(out, 'its folder does not exist');
}

function notWritable(file: string, why: string, cause?: unknown): GgufError {
  return new GgufError('not-writable', `will not write ${file}: ${why}`, { path: file, why }, { cause });
}
