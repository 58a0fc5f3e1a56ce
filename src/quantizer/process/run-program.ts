import { type ChildProcess, spawn } from 'node:child_process';
import { GgufError } from '../../errors.js';
import { throwIfAborted } from './aborted.js';
import { endChild, endWithUs, HAS_GROUPS } from './kill.js';
import { lastLines, lineReader } from './lines.js';

/** Where a program wrote something. */
export type ProgramStream = 'stdout' | 'stderr';

/** How a program ended: by an exit code or, where that is `null`, by a signal. */
export interface ProgramEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last lines of both streams, oldest first: at most 40, each at most 500 characters. */
  readonly lastWords: readonly string[];
}

export interface RunProgramOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called for each line that is not empty, cut to 500 characters. */
  readonly onLine?: ((stream: ProgramStream, line: string) => void) | undefined;
  /** Called for each piece of text as it comes: progress is often shown on a line that has no end yet. */
  readonly onText?: ((stream: ProgramStream, text: string) => void) | undefined;
  /** Variables to add to our own environment, or, where `undefined`, to take from it. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Folder that it runs in; ours where absent. */
  readonly cwd?: string | undefined;
}

/**
 * Runs a program to its end, without a shell and with an empty stdin, and resolves however it ends.
 * Rejects with `unavailable` where it cannot be started. Where `signal` fires, ends it (SIGTERM, after 2 s SIGKILL) and
 * rejects with `aborted` as soon as it is gone. It is also killed when this process exits; one that outlives a `kill -9`
 * of this process meets a closed pipe at its next line.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: RunProgramOptions = {},
): Promise<ProgramEnd> {
  const { signal } = options;
  throwIfAborted(signal, program);
  const child = start(program, args, options);
  const words = lastLines();
  listen(child, 'stdout', words.add, options);
  listen(child, 'stderr', words.add, options);
  const cancel = (): void => endChild(child);
  signal?.addEventListener('abort', cancel, { once: true });
  const forget = endWithUs(child);
  try {
    const end = await endOf(child, program);
    throwIfAborted(signal, program);
    return { ...end, lastWords: words.all() };
  } finally {
    signal?.removeEventListener('abort', cancel);
    forget();
  }
}

/** Node reports some failures to start with an event and throws others, such as too long a list of arguments. */
function start(program: string, args: readonly string[], { env, cwd }: RunProgramOptions): ChildProcess {
  try {
    return spawn(program, args, {
      env: { ...process.env, ...env },
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: HAS_GROUPS,
      windowsHide: true,
    });
  } catch (cause) {
    throw notStarted(program, cause);
  }
}

function listen(
  child: ChildProcess,
  stream: ProgramStream,
  keep: (line: string) => void,
  { onLine, onText }: RunProgramOptions,
): void {
  const lines = lineReader((line) => {
    keep(line);
    onLine?.(stream, line);
  });
  child[stream]?.setEncoding('utf8').on('data', (text: string) => {
    onText?.(stream, text);
    lines.add(text);
  });
  child[stream]?.on('end', lines.end);
}

function endOf(child: ChildProcess, program: string): Promise<Omit<ProgramEnd, 'lastWords'>> {
  return new Promise((resolve, reject) => {
    child.on('close', (exitCode, signal) => resolve({ exitCode, signal }));
    child.on('error', (cause) => {
      // A signal that could not be sent is an error too; only a program that never ran has no pid.
      if (child.pid === undefined) reject(notStarted(program, cause));
    });
  });
}

function notStarted(program: string, cause: unknown): GgufError<'unavailable'> {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const what = `cannot start ${program}: ${REASONS[code] ?? (cause instanceof Error ? cause.message : String(cause))}`;
  return new GgufError('unavailable', what, { what }, { cause });
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such program',
  EACCES: 'it is not executable',
  E2BIG: 'too many arguments',
};
