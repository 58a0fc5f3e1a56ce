import { fork } from 'node:child_process';
import { GgufError } from '../../errors.js';
import { lastLines, lineReader } from '../process/lines.js';

/** How a child of ours ended. */
export interface ChildEnd {
  /** The last message it sent, `undefined` if none. */
  readonly reply: unknown;
  /** `SIGABRT` and the like, or `exit code 3`. */
  readonly how: string;
  readonly timedOut: boolean;
  /** The last lines that it wrote to stderr. */
  readonly lastWords: readonly string[];
}

export interface RunChildOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a JavaScript file of ours in a fresh Node process, posts `request` to it and waits for its end.
 * Resolves however the child ends; rejects with `aborted` if `signal` fires, `unavailable` if it cannot be started.
 */
export function runChild(script: URL, request: object, { timeoutMs, signal }: RunChildOptions): Promise<ChildEnd> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(aborted());
    const child = fork(script, [], {
      execArgv: [],
      env: childEnvironment(),
      serialization: 'advanced', // carries typed arrays as they are
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const words = lastLines();
    const lines = lineReader(words.add);
    let reply: unknown;
    let timedOut = false;
    const kill = (): void => void child.kill('SIGKILL');
    const timer = setTimeout(() => {
      timedOut = true;
      kill();
    }, timeoutMs);
    signal?.addEventListener('abort', kill, { once: true });
    const settled = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', kill);
    };

    child.stderr?.setEncoding('utf8').on('data', lines.add).on('end', lines.end);
    child.on('message', (message) => {
      reply = message;
    });
    child.on('error', (cause) => {
      settled();
      const what = `no child process: ${cause.message}`;
      reject(new GgufError('unavailable', what, { what }, { cause }));
    });
    child.on('close', (code, killedBy) => {
      settled();
      if (signal?.aborted === true) return reject(aborted());
      resolve({ reply, how: killedBy ?? `exit code ${code}`, timedOut, lastWords: words.all() });
    });
    // A child that died at once cannot take the request; its close event tells the story.
    child.send(request, () => undefined);
  });
}

/** Ours, without what would change the child: Node's own flags, a foreign ggml backend, a debugger on an assertion. */
export function childEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _flags, GGML_BACKEND_PATH: _backend, ...rest } = process.env;
  return { ...rest, GGML_NO_BACKTRACE: '1' };
}

function aborted(): GgufError<'aborted'> {
  return new GgufError('aborted', 'stopped while llama.cpp was at work', { why: 'signal' });
}
