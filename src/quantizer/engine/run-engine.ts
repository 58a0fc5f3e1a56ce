import { GgufError } from '../../errors.js';
import { printable } from '../../gguf/printable.js';
import { CHILD_ENVIRONMENT } from '../embedded/child-environment.js';
import { type ProgramEnd, runProgram } from '../process/run-program.js';
import { type Engine, engineLabel } from './engine.js';
import { type EngineJob, engineArguments } from './engine-arguments.js';
import { type EngineEvent, engineLog } from './parse-log.js';

export interface RunEngineOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: EngineEvent) => void) | undefined;
  /** Folder that the engine runs in; relative paths of the job are seen from there. */
  readonly folder: string;
}

/**
 * Runs an engine to its end. Rejects with `engine-failed`, holding the engine's own last words, where it ends with
 * anything but 0, `unavailable` where it does not start, `aborted` where `signal` fires: the engine is gone then.
 */
export async function runEngine(engine: Engine, job: EngineJob, options: RunEngineOptions): Promise<void> {
  const { signal, onEvent, folder } = options;
  const log = engineLog((event) => onEvent?.(event));
  const end = await runProgram(engine.program, [...engine.prefix, ...engineArguments(engine, job)], {
    signal,
    cwd: folder,
    // On an assertion ggml starts a debugger where there is one.
    env: engine.kind === 'embedded' ? CHILD_ENVIRONMENT : { GGML_NO_BACKTRACE: '1' },
    onText: (stream, text) => {
      if (stream === 'stderr') log.add(text);
    },
  });
  if (end.exitCode !== 0) throw engineFailed(engine, job, end);
}

/** Lines that say nothing about why: the list of what was done, the usage, the times. */
const CHATTER = /^\[ *\d+\/|^llama_model_loader: - |^usage: |^ {2,}|^ggml_backend_load|=====|^size = /;
const LAST_WORDS = 4;

function engineFailed(engine: Engine, { input }: EngineJob, { exitCode, signal, lastWords }: ProgramEnd): GgufError {
  const how = signal === null ? `exit code ${exitCode}` : signal;
  const words = lastWords
    .filter((line) => !CHATTER.test(line))
    .slice(-LAST_WORDS)
    .map(printable);
  const said = words.length === 0 ? '' : `: ${words.join('; ')}`;
  return new GgufError('engine-failed', `${engineLabel(engine)} failed on ${input} (${how})${said}`, {
    engine: engineLabel(engine),
    how,
    lastWords: words,
  });
}
