import { isGgufError } from '../errors.js';
import { expandSources } from '../sources/expand.js';
import { type FailureContext, failureJson, reportFailure } from './errors.js';
import type { Terminal } from './terminal.js';

/** What became of one file. A failure has been printed already. */
export type Outcome<T> =
  | { readonly ok: true; readonly source: string; readonly value: T }
  | { readonly ok: false; readonly source: string; readonly error: ReturnType<typeof failureJson> };

/**
 * Does `work` for each file that the source arguments stand for, one after the other. A failure is printed, sets the
 * exit code and stops none of the others; only an interruption ends the run.
 */
export async function* eachSource<T>(
  terminal: Terminal,
  sources: readonly string[],
  context: FailureContext,
  work: (source: string) => Promise<T>,
): AsyncGenerator<Outcome<T>, void, void> {
  for (const { source, error } of await expandSources(sources)) {
    try {
      terminal.signal.throwIfAborted();
      if (error !== undefined) throw error;
      yield { ok: true, source, value: await work(source) };
    } catch (failure) {
      if (isGgufError(failure, 'aborted')) throw failure;
      reportFailure(terminal, failure, { ...context, source });
      yield { ok: false, source, error: failureJson(failure) };
    }
  }
}
