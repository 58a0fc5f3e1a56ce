import { GgufError } from '../../errors.js';
import { type ProgramStream, runProgram } from './run-program.js';

/** A program that is none of llama.cpp's may run for ever; one of these takes 50 ms, and some seconds on a busy machine. */
export const ANSWER_MS = 20_000;

/**
 * What a program prints, on stdout and then on stderr, when it is asked for something that it has at hand, such as its
 * help; of each at most the first 100,000 characters. How it ends does not matter. Rejects as `runProgram` does, and with
 * `unavailable` where it takes more than `ms`; it is then ended.
 */
export async function askProgram(
  program: string,
  args: readonly string[],
  ms: number,
  signal?: AbortSignal,
): Promise<string> {
  const answer = { stdout: '', stderr: '' };
  const late = AbortSignal.timeout(ms);
  const stop = signal === undefined ? late : AbortSignal.any([signal, late]);
  const onText = (stream: ProgramStream, text: string): void => {
    answer[stream] = (answer[stream] + text).slice(0, MAX_ANSWER);
  };
  await runProgram(program, args, { signal: stop, onText }).catch((error: unknown) => {
    if (!late.aborted || signal?.aborted === true) throw error;
    const what = `${program} does not answer ${args.join(' ')} within ${ms / 1000} s`;
    throw new GgufError('unavailable', what, { what }, { cause: error });
  });
  return `${answer.stdout}\n${answer.stderr}`;
}

const MAX_ANSWER = 100_000;
