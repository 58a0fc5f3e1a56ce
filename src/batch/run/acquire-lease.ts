import { createHash, randomBytes } from 'node:crypto';
import { link, readdir, readFile, readlink, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { isAlive, isOfThisMachine } from '../../edit/holder.js';
import { holderSchema } from '../../edit/lock-holder.js';
import { GgufError } from '../../errors.js';

const leaseSchema = holderSchema.extend({ token: z.string(), space: z.string() });

/** Who has a lease. `space`: containers of one host name each count processes of their own. */
type Lease = z.output<typeof leaseSchema>;

/**
 * Makes the lease at `file` that of `text`. Resolves to who had it, if it was taken over. Rejects with `locked` where somebody has
 * it.
 *
 * Only who has the ticket for the very lease that is over may replace it, in one rename: so a lease that somebody took meanwhile
 * is never touched, and no moment is without one. A ticket whose owner was killed has a ticket of its own.
 */
export async function acquireLease(file: string, text: string, silenceMs: number): Promise<Lease | undefined> {
  const own = `${file}.${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    await writeFile(own, text);
    // Twice is enough: once against a lease that ends, once after that.
    for (let attempt = 0; attempt < 2; attempt += 1) {
      if (await createNew(file, text, own)) return undefined;
      const found = await textOf(file);
      if (found === undefined) continue;
      const lease = parseLease(found);
      if (await isHeld(file, lease, own, silenceMs)) throw heldBy(file, lease);
      if (await takeOver(file, found, { own, text, silenceMs })) {
        await removeLeftovers(file, silenceMs);
        return lease;
      }
    }
    throw heldBy(file, undefined);
  } finally {
    await rm(own, { force: true });
  }
}

interface Taker {
  /** A file with our text. */
  readonly own: string;
  readonly text: string;
  readonly silenceMs: number;
}

async function takeOver(file: string, over: string, { own, text, silenceMs }: Taker): Promise<boolean> {
  let chain = over;
  for (let depth = 0; depth < MAX_TICKETS; depth += 1) {
    const ticket = `${file}.over-${createHash('sha256').update(chain).digest('hex').slice(0, 16)}`;
    if (await createNew(ticket, text, own)) return await replace(file, over, own, ticket);
    const found = await textOf(ticket);
    if (found === undefined) return false;
    const taker = parseLease(found);
    if (await isHeld(ticket, taker, own, silenceMs)) throw heldBy(file, taker);
    chain += found;
  }
  return false;
}

/** So many processes in a row are never killed in the moment between two calls. */
const MAX_TICKETS = 8;

async function replace(file: string, over: string, own: string, ticket: string): Promise<boolean> {
  try {
    // Late tickets are for a lease that was replaced: each has a token of its own.
    if ((await textOf(file)) !== over) return false;
    await rename(own, file);
    return true;
  } finally {
    await rm(ticket, { force: true });
  }
}

/** Gives `file` this text, unless it is there: in one go, by linking it to `own`, where the file system can. */
export async function createNew(file: string, text: string, own?: string): Promise<boolean> {
  try {
    if (own !== undefined) {
      await link(own, file);
      return true;
    }
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    if (!['EPERM', 'ENOTSUP', 'ENOSYS'].includes(codeOf(error))) throw error;
  }
  try {
    await writeFile(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

async function isHeld(file: string, lease: Lease | undefined, own: string, silenceMs: number): Promise<boolean> {
  if (lease !== undefined && (await isInSight(lease))) return await isAlive(lease);
  // Both times are of the machine that has the disk: clocks of others may be wrong.
  const [seen, now] = [await timeOf(file), await timeOf(own)];
  return now - seen <= silenceMs;
}

/** Whether it can be seen from here whether a holder runs: on this machine, not in another container. */
export async function isInSight(lease: Lease): Promise<boolean> {
  return isOfThisMachine(lease) && lease.space === (await pidSpace());
}

/**
 * What numbers of processes are counted in: within a container they mean others than outside, and on another machine, which may
 * have the same host name, others again. The first namespace has one number on all machines. Empty where there is no /proc.
 */
export async function pidSpace(): Promise<string> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  const namespace = await readlink('/proc/self/ns/pid').catch(() => '');
  return `${boot.trim()} ${namespace}`.trim();
}

/** What processes left that were killed while they asked for this lease. */
async function removeLeftovers(file: string, silenceMs: number): Promise<void> {
  const names = await readdir(path.dirname(file)).catch(() => []);
  const now = await timeOf(file);
  for (const name of names.filter((each) => each.startsWith(`${path.basename(file)}.`))) {
    const left = path.join(path.dirname(file), name);
    if (now - (await timeOf(left)) > silenceMs) await rm(left, { force: true });
  }
}

async function timeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.mtimeMs ?? 0;
}

/** The text of a file, if it is there. */
export async function textOf(file: string): Promise<string | undefined> {
  return await readFile(file, 'utf8').catch(() => undefined);
}

/** Who a lease's text says that has it. */
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

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
