import { GgufError } from '../errors.js';

/** The part of `process` that signals come from. */
export interface SignalEmitter {
  once(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
}

/**
 * Aborted by the first SIGINT or SIGTERM, so that work stops at a safe point. A second one finds no listener and ends
 * the process at once; the journal covers that too.
 */
export function interruptSignal(emitter: SignalEmitter): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    emitter.once(name, () => controller.abort(new GgufError('aborted', `interrupted by ${name}`, { why: name })));
  }
  return controller.signal;
}
