import { link, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { GgufError } from '../errors.js';
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
  const holder: Holder = { pid: process.pid, host: hostname(), started: await startTime(process.pid) };
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

async function parseHolder(text: string): Promise<Holder | undefined> {
  const { holderSchema } = await import('./lock-holder.js');
  try {
    return holderSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Whether the holder runs: a process of this machine with its pid that started when it did. */
async function isAlive({ pid, host, started }: Holder): Promise<boolean> {
  if (host !== hostname()) return true;
  return isRunning(pid) && (await startTime(pid)) === started;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isCode(error, 'EPERM');
  }
}

/**
 * When a process started, in ticks since boot; empty where the system has no /proc. Pids are used again, this is not.
 * A process that has ended and waits for its parent to ask (a zombie: for ever, in many containers) has another answer.
 */
async function startTime(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The second field, the program's name, may hold spaces; it ends at the last parenthesis.
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return state === 'Z' ? 'zombie' : (fields[18] ?? '');
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
