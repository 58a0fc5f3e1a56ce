import type { Problem } from '../plan/job.js';

/**
 * Whether what went wrong may be over when it is tried again: another process had the file, a worker or a program was killed, the
 * disk was full while other jobs had their unfinished files on it, a network share was away.
 */
export function canHeal({ code, message }: Problem): boolean {
  return HEALING.has(code) || (code === 'engine-failed' && /\bSIG(KILL|TERM|BUS)\b/.test(message));
}

const HEALING: ReadonlySet<string> = new Set(['locked', 'worker-died', 'no-space', 'file-changed', 'system']);

/** Seconds before the next try, after `tries` that failed: 1, 4, 16, at most 60. */
export function backOff(tries: number): number {
  return Math.min(60, 4 ** (tries - 1));
}
