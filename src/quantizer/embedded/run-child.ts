import { GgufError } from '../../errors.js';
import { throwIfAborted } from '../process/aborted.js';
import { type ChildEnd, startChild } from './start-child.js';

/** What came of a child of ours. */
export interface ChildRun extends Omit<ChildEnd, 'cause'> {
  /** The last message it sent, `undefined` if none. */
  readonly reply: unknown;
  readonly timedOut: boolean;
}

export interface RunChildOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a JavaScript file of ours in a fresh Node process, posts `request` to it and waits for its end.
 * Resolves however the child ends; rejects with `aborted` if `signal` fires, `unavailable` if it cannot be started.
 */
export async function runChild(
  script: URL,
  request: object,
  { timeoutMs, signal }: RunChildOptions,
): Promise<ChildRun> {
  throwIfAborted(signal, 'llama.cpp');
  let reply: unknown;
  let timedOut = false;
  const child = startChild(script, {
    signal,
    onMessage(message) {
      reply = message;
    },
  });
  const timer = setTimeout(() => {
    timedOut = true;
    child.kill();
  }, timeoutMs);
  child.post(request);
  const { cause, ...end } = await child.ended;
  clearTimeout(timer);
  if (cause !== undefined) throw new GgufError('unavailable', end.how, { what: end.how }, { cause });
  throwIfAborted(signal, 'llama.cpp');
  return { reply, timedOut, ...end };
}
