import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { isAlive, isOfThisMachine, thisProcess } from '../../edit/holder.js';
import { type Holder, holderSchema } from '../../edit/lock-holder.js';
import { GgufError } from '../../errors.js';

const leaseSchema = holderSchema.extend({ token: z.string() });
/** The holder of a lease. */
export type Lease = z.output<typeof leaseSchema>;

/** A holder on another machine that lets this many milliseconds pass without a sign of life is gone. */
const SILENCE_MS = 60_000;
/** It gives one this often; a busy machine may miss some. */
const HEARTBEAT_MS = 10_000;

/** Times of a lease, which tests make shorter. */
export interface LeaseTimes {
  readonly silenceMs?: number;
  readonly heartbeatMs?: number;
}

/**
 * Runs `work` while this process holds the lease that the file at `file` stands for, so that no other process does the same, on
 * whatever machine that shares the folder. A lease whose process is gone is taken over: of this machine at once, of another
 * after a minute of silence. Rejects with `locked` where somebody has it. `work` is stopped through its signal if the lease is
 * lost, which needs a machine that slept. It is told whose lease was taken over: that process left things as they were.
 */
export async function withLease<T>(
  file: string,
  signal: AbortSignal,
  work: (signal: AbortSignal, before: Holder | undefined) => Promise<T>,
  { silenceMs = SILENCE_MS, heartbeatMs = HEARTBEAT_MS }: LeaseTimes = {},
): Promise<T> {
  await mkdir(path.dirname(file), { recursive: true });
  const text = JSON.stringify({ ...(await thisProcess()), token: randomBytes(8).toString('hex') });
  const before = await acquire(file, text, silenceMs);
  const lost = new AbortController();
  const beat = setInterval(() => {
    renew(file, text).catch((error: unknown) => lost.abort(error));
  }, heartbeatMs);
  beat.unref();
  try {
    return await work(AbortSignal.any([signal, lost.signal]), before);
  } finally {
    clearInterval(beat);
    if ((await textOf(file)) === text) await rm(file, { force: true });
  }
}

async function acquire(file: string, text: string, silenceMs: number): Promise<Holder | undefined> {
  const own = `${file}.${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    await writeFile(own, text);
    let before: Holder | undefined;
    // Twice is enough: once against a lease that is over, once after it is out of the way.
    for (let attempt = 0; attempt < 2; attempt += 1) {
      if (await take(own, file, text)) return before;
      const found = await textOf(file);
      if (found === undefined) continue;
      const lease = parseLease(found);
      if (await isHeld(file, lease, own, silenceMs)) throw heldBy(file, lease);
      await putAside(file, found);
      before = lease;
    }
    throw heldBy(file, undefined);
  } finally {
    await rm(own, { force: true });
  }
}

async function take(own: string, file: string, text: string): Promise<boolean> {
  try {
    await link(own, file);
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'EEXIST') return false;
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error;
  }
  // File systems without hard links.
  return await writeFile(file, text, { flag: 'wx' }).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );
}

async function isHeld(file: string, lease: Lease | undefined, own: string, silenceMs: number): Promise<boolean> {
  if (lease !== undefined && isOfThisMachine(lease)) return await isAlive(lease);
  // Both times are of the machine that has the disk: clocks of others may be wrong.
  const [seen, now] = [await timeOf(file), await timeOf(own)];
  return now - seen <= silenceMs;
}

async function timeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.mtimeMs ?? 0;
}

/** Moves a lease that is over away, unless somebody replaced it meanwhile: then theirs is put back. */
async function putAside(file: string, expected: string): Promise<void> {
  const aside = `${file}.over-${randomBytes(4).toString('hex')}`;
  await rename(file, aside).catch(() => undefined);
  if ((await textOf(aside)) !== expected) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}

/** Gives a sign of life: the file gets a new time, and keeps its text. */
async function renew(file: string, text: string): Promise<void> {
  const found = await textOf(file);
  // A network share that is away for a moment takes nobody's lease.
  if (found === undefined) return;
  if (found !== text) {
    const message = `another process took ${path.basename(file)} over: this one gave no sign of life for too long`;
    throw new GgufError('locked', message, { path: file, holder: 'another process' });
  }
  await using handle = await open(file, 'r+');
  await handle.write(text, 0);
}

async function textOf(file: string): Promise<string | undefined> {
  return await readFile(file, 'utf8').catch(() => undefined);
}

/** Whose lease a file says that it is; `undefined` where it was not written to its end. */
export function parseLease(text: string): Lease | undefined {
  try {
    return leaseSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function heldBy(file: string, lease: Lease | undefined): GgufError<'locked'> {
  const holder = lease === undefined ? 'another process' : `process ${lease.pid} on ${lease.host}`;
  return new GgufError('locked', `${holder} is at work on this already (${file})`, { path: file, holder });
}
