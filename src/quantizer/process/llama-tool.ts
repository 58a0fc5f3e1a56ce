import { ANSWER_MS, askProgram } from './ask-program.js';
import { findCpuBackend, lacksBackend } from './backend.js';
import { findProgram, type ProgramPlace } from './find-program.js';
import { type ProgramEnd, type RunProgramOptions, runProgram } from './run-program.js';

/** A program of llama.cpp that computes, found and ready to run. */
export interface LlamaTool {
  /** What it is called: `llama-imatrix`. */
  readonly name: string;
  /** Absolute path. */
  readonly program: string;
  /** What it calls itself, such as `0.7.0 (build 11669, commit Debian)`; `undefined` where it does not say. */
  readonly version: string | undefined;
  /** Runs it to its end, with the backend for the CPU that it needs and does not find itself. Rejects as `runProgram` does. */
  run(args: readonly string[], options: Omit<RunProgramOptions, 'env'>): Promise<ProgramEnd>;
}

/**
 * Finds a program of llama.cpp: the path given, the environment variable or PATH. Rejects with `unavailable`, also where
 * it does not end within `answerMs` when asked for its version.
 */
export async function openLlamaTool(
  place: ProgramPlace,
  signal?: AbortSignal,
  answerMs = ANSWER_MS,
): Promise<LlamaTool> {
  const program = await findProgram(place);
  const version = await askVersion(program, answerMs, signal);
  // The environment stays as it is for a program that works with it.
  let backend: string | undefined;
  const run: LlamaTool['run'] = async (args, options) => {
    const once = (): Promise<ProgramEnd> => runProgram(program, args, { ...options, env: environment(backend) });
    const end = await hear(once);
    if (backend !== undefined || !(lacksBackend(end) || isMute(end))) return end;
    backend = await findCpuBackend(program);
    return backend === undefined ? end : await hear(once);
  };
  return { name: place.name, program, version, run };
}

async function askVersion(program: string, ms: number, signal: AbortSignal | undefined): Promise<string | undefined> {
  const answer = await askProgram(program, ['--version'], ms, signal);
  return /^version: (.{1,500})/m.exec(answer)?.[1];
}

/** A run that failed at once without saying why is repeated this often, to hear it. */
const MAX_REPEATS = 2;
/** What took longer came to the work, and is not begun again for a word. */
const AT_ONCE_MS = 10_000;

async function hear(once: () => Promise<ProgramEnd>): Promise<ProgramEnd> {
  for (let repeats = 0; ; repeats += 1) {
    const started = performance.now();
    const end = await once();
    if (repeats === MAX_REPEATS || !isMute(end) || performance.now() - started > AT_ONCE_MS) return end;
  }
}

/** A program that ends at once often takes its log with it, or the end of it: half of the runs that find no backend say nothing. */
function isMute({ exitCode, lastWords }: ProgramEnd): boolean {
  return exitCode !== 0 && exitCode !== null && !lastWords.some((line) => COMPLAINT.test(line));
}

/** A line of the log at level E, or one that was printed past it. */
const COMPLAINT = /^(?:[\d.]+ )?E |\b(?:error|failed|failure|abort|assert|invalid|unable|usage)/i;

/** On an assertion ggml starts a debugger where there is one, which can take a minute and hang. */
function environment(backend: string | undefined): Record<string, string> {
  const env = { GGML_NO_BACKTRACE: '1' };
  return backend === undefined ? env : { ...env, GGML_BACKEND_PATH: backend };
}
