import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for a promise, but no longer than so many milliseconds. Whether it rejects is the concern of others. */
export async function atMost(milliseconds: number, work: PromiseLike<unknown>): Promise<void> {
  const timer = new AbortController();
  const late = sleep(milliseconds, undefined, { signal: timer.signal }).catch(() => undefined);
  await Promise.race([Promise.resolve(work).catch(() => undefined), late]);
  timer.abort();
}
