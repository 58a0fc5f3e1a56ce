import { GgufError } from '../errors.js';

/** The part of `process` that signals come from. */
export interface SignalEmitter {
  once(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP', listener: () => void): unknown;
}

/**
 * Aborted by the first SIGINT, SIGTERM or SIGHUP, so that work stops at a safe point. A second one finds no listener and ends
 * the process at once; the journal covers that too.
 */
export function interruptSignal(emitter: SignalEmitter): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    emitter.once(name, () => controller.abort(new GgufError('aborted', `interrupted by ${name}`, { why: name })));
  }
  return controller.signal;
}
