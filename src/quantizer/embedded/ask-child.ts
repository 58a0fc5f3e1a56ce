import { fork } from 'node:child_process';
import { GgufError } from '../../errors.js';
import { printable } from '../../gguf/printable.js';
import { lastLines, lineReader } from '../process/lines.js';
import { childEnvironment } from './run-child.js';

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
  signal?.throwIfAborted();
  const child = fork(script, [], {
    execArgv: [],
    env: childEnvironment(),
    serialization: 'advanced', // carries typed arrays as they are
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const words = lastLines();
  const lines = lineReader(words.add);
  child.stderr?.setEncoding('utf8').on('data', lines.add).on('end', lines.end);
  let open: Open | undefined;
  let end: unknown;
  const kill = (): void => void child.kill('SIGKILL');
  signal?.addEventListener('abort', kill, { once: true });
  process.once('exit', kill);

  child.on('message', (answer) => {
    const asked = open;
    open = undefined;
    asked?.resolve(answer);
  });
  const ended = new Promise<void>((resolve) => {
    const finish = (error: unknown): void => {
      end = error;
      signal?.removeEventListener('abort', kill);
      process.removeListener('exit', kill);
      open?.reject(end);
      resolve();
    };
    child.on('error', (cause) => finish(failed(what, `no child process: ${cause.message}`, [])));
    child.on('close', (code, killedBy) => {
      finish(
        signal?.aborted === true ? aborted(what, signal) : failed(what, killedBy ?? `exit code ${code}`, words.all()),
      );
    });
  });

  return {
    ask: (question) =>
      new Promise((resolve, reject) => {
        if (end !== undefined) return reject(end);
        open = { resolve, reject };
        // A child that died at once cannot take the question; its close event tells the story.
        child.send(question, () => undefined);
      }),
    async [Symbol.asyncDispose]() {
      kill(); // it may be in native code, which nothing else stops, and has nothing to tidy up
      await ended;
    },
  };
}

function failed(what: string, how: string, lastWords: readonly string[]): GgufError<'engine-failed'> {
  const words = lastWords.slice(-LAST_WORDS).map(printable);
  const said = words.length === 0 ? '' : `: ${words.join('; ')}`;
  return new GgufError('engine-failed', `${what} ended (${how})${said}`, { engine: what, how, lastWords: words });
}

const LAST_WORDS = 3;

function aborted(what: string, { reason }: AbortSignal): GgufError {
  return reason instanceof GgufError
    ? reason
    : new GgufError('aborted', `stopped while ${what} was at work`, { why: 'signal' }, { cause: reason });
}
