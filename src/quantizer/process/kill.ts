import type { ChildProcess } from 'node:child_process';

/** What a program gets to remove its temporary files before it is ended the hard way. */
const GRACE_MS = 2000;

/** Whether a program that we start leads a process group of its own, so that whatever it started ends with it. */
export const HAS_GROUPS = process.platform !== 'win32';

/** Asks a child and its group to end, and ends them after 2 s where they do not. */
export function endChild(child: ChildProcess): void {
  send(child, 'SIGTERM');
  const timer = setTimeout(() => send(child, 'SIGKILL'), GRACE_MS);
  child.once('close', () => clearTimeout(timer));
}

/** Kills a child when this process exits. The function that is returned takes that back. */
export function endWithUs(child: ChildProcess): () => void {
  const kill = (): void => send(child, 'SIGKILL');
  process.once('exit', kill);
  return () => process.removeListener('exit', kill);
}

function send(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (HAS_GROUPS) process.kill(-child.pid, signal);
    else child.kill(signal);
  } catch {
    // Gone already.
  }
}
