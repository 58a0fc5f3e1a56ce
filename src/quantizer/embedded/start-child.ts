import { fork } from 'node:child_process';
import { lastLines, lineReader } from '../process/lines.js';
import { CHILD_ENVIRONMENT } from './child-environment.js';

/** A child process of ours. */
export interface Child {
  /** Posts it a message. One that died at once cannot take it; its end tells the story. */
  post(message: object): void;
  /** Ends it at once: it may be in native code, which nothing else stops, and has nothing to tidy up. */
  kill(): void;
  /** Resolves when it is gone, however that came. */
  readonly ended: Promise<ChildEnd>;
}

/** How a child of ours ended. */
export interface ChildEnd {
  /** `SIGABRT` and the like, `exit code 3`, or why it could not be started. */
  readonly how: string;
  /** The last lines that it wrote to stderr. */
  readonly lastWords: readonly string[];
  /** Why it could not be started, where it could not. */
  readonly cause?: Error;
}

/** What is wanted of a child. */
export interface ChildOptions {
  /** Ends it. */
  readonly signal?: AbortSignal | undefined;
  readonly onMessage: (message: unknown) => void;
}

/** Starts a JavaScript file of ours in a fresh Node process. It ends with this process, or where `signal` fires. */
export function startChild(script: URL, { signal, onMessage }: ChildOptions): Child {
  const child = fork(script, [], {
    execArgv: [],
    env: { ...process.env, ...CHILD_ENVIRONMENT },
    serialization: 'advanced', // carries typed arrays as they are
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const words = lastLines();
  const lines = lineReader(words.add);
  child.stderr?.setEncoding('utf8').on('data', lines.add).on('end', lines.end);
  child.on('message', onMessage);
  const kill = (): void => void child.kill('SIGKILL');
  signal?.addEventListener('abort', kill, { once: true });
  process.once('exit', kill);
  const ended = new Promise<ChildEnd>((resolve) => {
    const finish = (end: ChildEnd): void => {
      signal?.removeEventListener('abort', kill);
      process.removeListener('exit', kill);
      resolve(end);
    };
    child.on('error', (cause) => finish({ how: `no child process: ${cause.message}`, lastWords: [], cause }));
    child.on('close', (code, killedBy) => finish({ how: killedBy ?? `exit code ${code}`, lastWords: words.all() }));
  });
  return { post: (message) => void child.send(message, () => undefined), kill, ended };
}
