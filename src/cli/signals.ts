import { GgufError } from '../errors.js';

type Signal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/**
 * A package runner and the terminal may both pass on one Ctrl-C: what comes so soon after the first is the same one.
 */
const REPEAT_MS = 1000;

/** The part of `process` that signals come from. */
export interface SignalEmitter {
  once(signal: Signal, listener: () => void): unknown;
  on(signal: Signal, listener: () => void): unknown;
  removeListener(signal: Signal, listener: () => void): unknown;
}

/**
 * Aborted by the first SIGINT, SIGTERM or SIGHUP, so that work stops at a safe point. One that comes a
 * second later finds no listener and ends the process at once; the journal covers that too.
 */
export function interruptSignal(emitter: SignalEmitter): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    emitter.once(name, () => {
      controller.abort(new GgufError('aborted', `interrupted by ${name}`, { why: name }));
      ignoreRepeats(emitter, name);
    });
  }
  return controller.signal;
}

function ignoreRepeats(emitter: SignalEmitter, name: Signal): void {
  const ignore = (): void => undefined;
  emitter.on(name, ignore);
  setTimeout(() => emitter.removeListener(name, ignore), REPEAT_MS).unref();
}
