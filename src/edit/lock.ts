import { link, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { GgufError } from '../errors.js';
import { isAlive, isRunning, parseHolder, thisProcess } from './holder.js';
import type { Holder } from './lock-holder.js';

/**
 * Takes the lock file at `lockPath`, runs `work` and gives it back. A lock whose process is gone is taken over;
 * a living one, or one of another machine, means `locked`.
 */
export async function withLock<T>(lockPath: string, target: string, work: () => Promise<T>): Promise<T> {
  await acquire(lockPath, target);
  try {
    return await work();
  } finally {
    await rm(lockPath, { force: true });
  }
}

async function acquire(lockPath: string, target: string): Promise<void> {
  // Twice is enough: once against a dead holder's lock, once after it is out of the way.
  for (let attempt = 0; attempt < 2; attempt += 1) {
    if (await create(lockPath, target)) return await removeLeftovers(lockPath);
    const text = await readFile(lockPath, 'utf8').catch(() => '');
    const holder = await parseHolder(text);
    const isHeld = holder === undefined ? !(await isOld(lockPath)) : await isAlive(holder);
    if (isHeld) throw lockedBy(target, lockPath, holder);
    await removeStale(lockPath, text);
  }
  throw lockedBy(target, lockPath, undefined);
}

/** A lock that says nothing was left by a power cut: no process takes a minute to write it. */
async function isOld(lockPath: string): Promise<boolean> {
  const { mtimeMs } = await stat(lockPath).catch(() => ({ mtimeMs: 0 }));
  return Date.now() - mtimeMs > UNREADABLE_LOCK_MS;
}

const UNREADABLE_LOCK_MS = 60_000;

/** Writes the holder to a file of its own first, so that a lock file is never seen half-written. */
async function create(lockPath: string, target: string): Promise<boolean> {
  const own = `${lockPath}.${process.pid}`;
  const holder = await thisProcess();
  try {
    await writeFile(own, JSON.stringify(holder));
    await link(own, lockPath);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    if (isCode(error, 'EACCES') || isCode(error, 'EROFS')) throw notWritable(target, lockPath, error);
    if (!isCode(error, 'EPERM') && !isCode(error, 'ENOTSUP') && !isCode(error, 'ENOSYS')) throw error;
    return await createWithoutLinks(lockPath, JSON.stringify(holder));
  } finally {
    await rm(own, { force: true });
  }
}

/** For file systems without hard links, such as exFAT. */
async function createWithoutLinks(lockPath: string, text: string): Promise<boolean> {
  try {
    await writeFile(lockPath, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    await rm(lockPath, { force: true });
    throw error;
  }
}

/** Moves a stale lock away, unless somebody replaced it meanwhile: then theirs is put back. */
async function removeStale(lockPath: string, expected: string): Promise<void> {
  const aside = `${lockPath}.stale.${process.pid}`;
  await rename(lockPath, aside).catch(() => undefined);
  const found = await readFile(aside, 'utf8').catch(() => expected);
  if (found !== expected) await link(aside, lockPath).catch(() => undefined);
  await rm(aside, { force: true });
}

/** Removes what `create` of a killed process left. We hold the lock, so nobody is in there but losers of a race. */
async function removeLeftovers(lockPath: string): Promise<void> {
  const prefix = `${path.basename(lockPath)}.`;
  const names = await readdir(path.dirname(lockPath)).catch(() => []);
  for (const name of names.filter((each) => each.startsWith(prefix))) {
    const pid = Number(/(\d+)$/.exec(name)?.[1] ?? 0);
    if (!isRunning(pid)) await rm(path.join(path.dirname(lockPath), name), { force: true });
  }
}

function notWritable(target: string, lockPath: string, cause: unknown): GgufError {
  const why = `nothing can be written in its folder ${path.dirname(lockPath)}`;
  return new GgufError('not-writable', `will not write ${target}: ${why}`, { path: target, why }, { cause });
}

function lockedBy(target: string, lockPath: string, holder: Holder | undefined): GgufError {
  const who = holder === undefined ? 'another process' : `process ${holder.pid} on ${holder.host}`;
  const message = `${target} is being changed by ${who} (lock file ${lockPath})`;
  return new GgufError('locked', message, { path: target, holder: who });
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
