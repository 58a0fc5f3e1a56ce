import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { Holder } from './lock-holder.js';

/** This process, as a lock names it. */
export async function thisProcess(): Promise<Holder> {
  return { pid: process.pid, host: hostname(), started: await startTime(process.pid) };
}

/** Who a lock file says that holds it; `undefined` where it says nothing that can be read. */
export async function parseHolder(text: string): Promise<Holder | undefined> {
  const { holderSchema } = await import('./lock-holder.js');
  try {
    return holderSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Whether the holder runs: a process of this machine with its pid that started when it did. Of another machine nobody can say that it does not. */
export async function isAlive(holder: Holder): Promise<boolean> {
  if (!isOfThisMachine(holder)) return true;
  return isRunning(holder.pid) && (await startTime(holder.pid)) === holder.started;
}

/** Whether the holder is a process of this machine. */
export function isOfThisMachine({ host }: Holder): boolean {
  return host === hostname();
}

/** Whether some process of this machine has the pid. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
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
