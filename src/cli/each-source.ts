import { isGgufError } from '../errors.js';
import { type ExpandedSource, expandSources } from '../sources/expand.js';
import { type FailureContext, failureJson, reportFailure } from './errors.js';
import type { Terminal } from './terminal.js';

/** What became of one file. A failure has been printed already. */
export type Outcome<T> =
  | { readonly ok: true; readonly source: string; readonly value: T }
  | { readonly ok: false; readonly source: string; readonly error: ReturnType<typeof failureJson> };

/** How many files are looked at a time, and which. */
export interface EachOptions {
  readonly concurrency?: number;
  readonly expand?: typeof expandSources;
}

/**
 * Does `work` for each file that the source arguments stand for, up to `concurrency` at a time, and yields in their
 * order. A failure is printed, sets the exit code and stops none of the others; only an interruption ends the run. `expand`
 * finds the files, `expandSources` by default.
 */
export async function* eachSource<T>(
  terminal: Terminal,
  sources: readonly string[],
  context: FailureContext,
  work: (source: string) => Promise<T>,
  { concurrency = 1, expand = expandSources }: EachOptions = {},
): AsyncGenerator<Outcome<T>, void, void> {
  const waiting = (await expand(sources)).values();
  const running: Started<T>[] = [];
  const startNext = (): void => {
    const { value } = waiting.next();
    if (value !== undefined) running.push({ source: value.source, result: settle(attempt(terminal, value, work)) });
  };
  try {
    for (let started = 0; started < concurrency; started += 1) startNext();
    for (let first = running.shift(); first !== undefined; first = running.shift()) {
      const { source } = first;
      const result = await first.result;
      if (result.status === 'fulfilled') {
        yield { ok: true, source, value: result.value };
      } else {
        if (isGgufError(result.reason, 'aborted')) throw result.reason;
        reportFailure(terminal, result.reason, { ...context, source });
        yield { ok: false, source, error: failureJson(result.reason) };
      }
      startNext();
    }
  } finally {
    // Whoever stops early must not leave work behind that still has files open.
    await Promise.all(running.map(({ result }) => result));
  }
}

/** Work on a file that has begun. */
interface Started<T> {
  readonly source: string;
  readonly result: Promise<PromiseSettledResult<T>>;
}

/** A promise that never rejects: its turn may come long after it has failed. */
async function settle<T>(promise: Promise<T>): Promise<PromiseSettledResult<T>> {
  const [result] = await Promise.allSettled([promise]);
  return result;
}

async function attempt<T>(
  terminal: Terminal,
  { source, error }: ExpandedSource,
  work: (source: string) => Promise<T>,
): Promise<T> {
  terminal.signal.throwIfAborted();
  if (error !== undefined) throw error;
  return await work(source);
}
