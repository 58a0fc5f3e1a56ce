import { GgufError } from '../../errors.js';
import { printable } from '../../gguf/printable.js';
import { abortError, throwIfAborted } from '../process/aborted.js';
import { type ChildEnd, startChild } from './start-child.js';

/** A child process of ours that answers questions, one at a time. */
export interface AskedChild extends AsyncDisposable {
  /**
   * Posts a question and resolves with the answer. Rejects with `engine-failed` where the child dies instead, `aborted` where
   * the signal fires.
   */
  ask(question: object): Promise<unknown>;
}

/** The question that has no answer yet. */
interface Open {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Starts a JavaScript file of ours in a fresh Node process. `what` is what it does, for messages. It ends when it is disposed
 * of, with this process, or where `signal` fires.
 */
export function startAskedChild(script: URL, what: string, signal?: AbortSignal): AskedChild {
  throwIfAborted(signal, what);
  let open: Open | undefined;
  let end: GgufError | undefined;
  const child = startChild(script, {
    signal,
    onMessage(answer) {
      const asked = open;
      open = undefined;
      asked?.resolve(answer);
    },
  });
  const ended = child.ended.then((how) => {
    end = abortError(signal, what) ?? failed(what, how);
    open?.reject(end);
  });
  return {
    ask: (question) =>
      new Promise((resolve, reject) => {
        if (end !== undefined) return reject(end);
        open = { resolve, reject };
        child.post(question);
      }),
    async [Symbol.asyncDispose]() {
      child.kill();
      await ended;
    },
  };
}

function failed(what: string, { how, lastWords }: ChildEnd): GgufError<'engine-failed'> {
  const words = lastWords.slice(-LAST_WORDS).map(printable);
  const said = words.length === 0 ? '' : `: ${words.join('; ')}`;
  return new GgufError('engine-failed', `${what} ended (${how})${said}`, { engine: what, how, lastWords: words });
}

const LAST_WORDS = 3;
