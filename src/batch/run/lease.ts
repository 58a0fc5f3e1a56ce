import { randomBytes } from 'node:crypto';
import { mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { thisProcess } from '../../edit/holder.js';
import type { Holder } from '../../edit/lock-holder.js';
import { GgufError } from '../../errors.js';

import { acquireLease, createNew, pidSpace, textOf } from './acquire-lease.js';

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
 * after a minute of silence. Rejects with `locked` where somebody has it. If the lease is lost, which needs a machine that slept,
 * `work` is stopped through its signal, and this rejects with `locked`. It is told whose lease was taken over: that process left
 * things as they were.
 */
export async function withLease<T>(
  file: string,
  signal: AbortSignal,
  work: (signal: AbortSignal, before: Holder | undefined) => Promise<T>,
  { silenceMs = SILENCE_MS, heartbeatMs = HEARTBEAT_MS }: LeaseTimes = {},
): Promise<T> {
  await mkdir(path.dirname(file), { recursive: true });
  const holder = { ...(await thisProcess()), space: await pidSpace(), token: randomBytes(8).toString('hex') };
  const text = JSON.stringify(holder);
  const before = await acquireLease(file, text, silenceMs);
  const lost = new AbortController();
  const beat = setInterval(() => {
    renew(file, text).catch((error: unknown) => lost.abort(error));
  }, heartbeatMs);
  beat.unref();
  try {
    return await work(AbortSignal.any([signal, lost.signal]), before);
  } catch (error) {
    throw lost.signal.aborted ? lost.signal.reason : error;
  } finally {
    clearInterval(beat);
    if ((await textOf(file)) === text) await rm(file, { force: true });
  }
}

/** Gives a sign of life: the file gets a new time, and keeps its text. Rejects with `locked` where it is another's by now. */
async function renew(file: string, text: string): Promise<void> {
  const found = await touch(file, text);
  if (found === 'ours' || (found === 'gone' && (await restore(file, text)))) return;
  const message = `another process took ${path.basename(file)} over: this one gave no sign of life for too long`;
  throw new GgufError('locked', message, { path: file, holder: 'another process' });
}

async function touch(file: string, text: string): Promise<'ours' | 'gone' | 'taken'> {
  try {
    // What is read and written is one file, even where the name goes to another meanwhile.
    await using handle = await open(file, 'r+');
    if ((await handle.readFile('utf8')) !== text) return 'taken';
    await handle.write(text, 0);
    return 'ours';
  } catch (error) {
    // A network share that is away for a moment takes nobody's lease.
    return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 'gone' : 'ours';
  }
}

/** Somebody removed the folder, but nobody took the lease yet. */
async function restore(file: string, text: string): Promise<boolean> {
  try {
    await mkdir(path.dirname(file), { recursive: true });
    return await createNew(file, text);
  } catch {
    return true;
  }
}
