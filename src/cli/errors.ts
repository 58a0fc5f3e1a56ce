import { type ErrorCode, isGgufError } from '../errors.js';
import { printable } from '../gguf/printable.js';
import { EXIT, type ExitCode } from './exit.js';
import type { Terminal } from './terminal.js';

/** What a message about a failure says besides the error itself. */
export interface FailureContext {
  /** The file that it is about. */
  readonly source?: string;
  /** Whether to print where in ggufix an internal error arose. */
  readonly verbose: boolean;
}

/** Prints one message about what went wrong and sets the exit code. Every error of a command ends here. */
export function reportFailure(terminal: Terminal, error: unknown, context: FailureContext): void {
  terminal.setExit(exitCodeOf(error));
  // Whoever stopped says where it was; the user wants to know why.
  const cause: unknown = isGgufError(error, 'aborted') && terminal.signal.aborted ? terminal.signal.reason : error;
  // A name in a message may hold line breaks, and what stands at the start of a line may be an order to a CI runner.
  for (const line of failureLines(cause, context)) terminal.err(`ggufix: ${printable(line)}\n`);
}

/** What an error is in a JSON document. */
export function failureJson(error: unknown): { readonly code: string; readonly message: string } {
  if (isGgufError(error)) return { code: error.code, message: error.message };
  return { code: systemCode(error) ?? 'internal', message: messageOf(error) };
}

/** The exit code that an error leads to. */
export function exitCodeOf(error: unknown): ExitCode {
  return isGgufError(error) ? (EXIT_OF[error.code] ?? EXIT.failed) : EXIT.failed;
}

const EXIT_OF: { readonly [C in ErrorCode]?: ExitCode } = {
  'bad-option': EXIT.usage,
  'bad-value': EXIT.usage,
  aborted: EXIT.interrupted,
};

function failureLines(error: unknown, { source, verbose }: FailureContext): string[] {
  const message = messageOf(error);
  const isKnown = isGgufError(error) || systemCode(error) !== undefined;
  const text = isKnown ? message : `internal error: ${message}${verbose ? '' : ' (--verbose shows where)'}`;
  // Messages of sources name them already.
  const named = source === undefined || text.includes(source) ? text : `${source}: ${text}`;
  if (!isKnown && verbose && error instanceof Error) return [named, ...(error.stack ?? '').split('\n')];
  const problems = isGgufError(error, 'bad-option') ? error.details.problems : [];
  return problems.length > 1 && message === problems.join('\n') ? [...problems] : [named];
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The code of an error of the operating system: `ENOSPC`. */
function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'syscall' in error && 'code' in error ? String(error.code) : undefined;
}
