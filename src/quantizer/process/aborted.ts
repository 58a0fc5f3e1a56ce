import { GgufError } from '../../errors.js';

/** Throws `abortError` where there is one. */
export function throwIfAborted(signal: AbortSignal | undefined, what: string): void {
  const error = abortError(signal, what);
  if (error !== undefined) throw error;
}

/** Where `signal` has fired: the `GgufError` that it was fired with, else one of our own. `what` was at work. */
export function abortError(signal: AbortSignal | undefined, what: string): GgufError | undefined {
  if (signal?.aborted !== true) return undefined;
  const { reason } = signal;
  if (reason instanceof GgufError) return reason;
  return new GgufError('aborted', `stopped while ${what} was at work`, { why: 'signal' }, { cause: reason });
}
