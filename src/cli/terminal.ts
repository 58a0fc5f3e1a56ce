import pc from 'picocolors';
import { PLAIN, type Styles } from '../report/styles.js';
import { EXIT, type ExitCode } from './exit.js';
import { interruptSignal } from './signals.js';

/** Where text goes: what a command must know to lay it out. */
export interface Screen {
  /** Columns; 80 where they are unknown, as in a pipe. */
  readonly width: number;
  readonly isTty: boolean;
  readonly styles: Styles;
}

/** All that a command sees of the process that it runs in. */
export interface Terminal {
  /** Writes results to stdout. */
  out(text: string): void;
  /** Writes progress, logs and errors to stderr. */
  err(text: string): void;
  readonly stdout: Screen;
  readonly stderr: Screen;
  /** Whether a person is not expected to watch: the variable CI is set. */
  readonly isCi: boolean;
  /** Aborted when the user wants to stop. */
  readonly signal: AbortSignal;
  /** Sets what the process will exit with, unless that is worse already. Never exits. */
  setExit(code: ExitCode): void;
}

/** The terminal of this process. A reader that closes the pipe early is no error: the rest is dropped. */
export function processTerminal(): Terminal {
  const terminal: Terminal = {
    out: writer(process.stdout, () => terminal),
    err: writer(process.stderr, () => terminal),
    stdout: screenOf(process.stdout, process.env),
    stderr: screenOf(process.stderr, process.env),
    isCi: isSet(process.env['CI']),
    signal: interruptSignal(process),
    setExit(code) {
      process.exitCode = Math.max(Number(process.exitCode ?? EXIT.clean), code);
    },
  };
  return terminal;
}

/** What `process.stdout` and `process.stderr` tell of themselves. */
interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Layout facts of a stream. `NO_COLOR` forbids colours, `FORCE_COLOR` demands them, else a terminal has them. */
export function screenOf({ isTTY = false, columns = 0 }: OutputStream, env: NodeJS.ProcessEnv): Screen {
  const isForced = isSet(env['FORCE_COLOR']) && env['FORCE_COLOR'] !== '0';
  const hasColor = !isSet(env['NO_COLOR']) && (isForced || (isTTY && env['TERM'] !== 'dumb'));
  return { isTty: isTTY, width: isTTY && columns > 0 ? columns : DEFAULT_WIDTH, styles: hasColor ? colors() : PLAIN };
}

/** Columns where they are unknown. */
export const DEFAULT_WIDTH = 80;

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}

function colors(): Styles {
  const { bold, dim, green, yellow, red } = pc.createColors(true);
  return { heading: bold, faint: dim, good: green, warning: yellow, error: red };
}

function writer(stream: NodeJS.WriteStream, terminal: () => Terminal): (text: string) => void {
  let isOpen = true;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (!isOpen) return;
    isOpen = false;
    if (error.code === 'EPIPE') return;
    terminal().setExit(EXIT.failed);
    if (stream === process.stdout) terminal().err(`ggufix: cannot write the output: ${error.message}\n`);
  });
  return (text) => {
    if (isOpen) stream.write(text);
  };
}
