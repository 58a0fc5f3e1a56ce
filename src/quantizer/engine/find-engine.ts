import { fileURLToPath } from 'node:url';
import { GgufError, isGgufError } from '../../errors.js';
import { locateLlama } from '../embedded/locate.js';
import { findProgram } from '../process/find-program.js';
import { runProgram } from '../process/run-program.js';
import { ENGINE_FEATURES, type Engine } from './engine.js';

/** What the search for an engine looks at. */
export interface EngineSearch {
  /** `auto`, `embedded`, or the path of a llama-quantize. */
  readonly wanted: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
}

const PLACE = { name: 'llama-quantize', flag: '--engine', variable: 'LLAMA_QUANTIZE' } as const;

/**
 * The engine that `--engine` means: the given llama-quantize; under `auto` the one of `$LLAMA_QUANTIZE`, the one on
 * PATH, else the embedded one. Rejects with `unavailable` where there is none, saying how to get one.
 */
export async function findEngine({ wanted, env, signal }: EngineSearch): Promise<Engine> {
  if (wanted === 'embedded') return await embeddedEngine();
  const given = wanted === 'auto' ? undefined : wanted;
  try {
    return await nativeEngine(await findProgram({ ...PLACE, given }, env), signal);
  } catch (cause) {
    // What was named must be used; only a search that found nothing may go on.
    if (!isGgufError(cause, 'unavailable') || given !== undefined || env['LLAMA_QUANTIZE']) throw cause;
    return await embeddedEngine().catch((error: unknown) => {
      if (!isGgufError(error, 'unavailable')) throw error;
      const what = `${cause.message}, and ${error.message}`;
      throw new GgufError('unavailable', `${what}; install llama.cpp, or name it with --engine PATH`, { what });
    });
  }
}

async function embeddedEngine(): Promise<Engine> {
  await locateLlama();
  const script = fileURLToPath(new URL('../embedded/quantize-child.js', import.meta.url));
  return { kind: 'embedded', program: process.execPath, prefix: [script], features: new Set(ENGINE_FEATURES) };
}

async function nativeEngine(program: string, signal?: AbortSignal): Promise<Engine> {
  const help = await helpOf(program, signal);
  if (!help.includes('--allow-requantize'))
    throw notUsable(`${program} is no llama-quantize: its help does not read so`);
  const features = ENGINE_FEATURES.filter((feature) => help.includes(`--${feature} `));
  return { kind: 'llama-quantize', program, prefix: [], features: new Set(features) };
}

/** llama-quantize prints its help to stdout, and ends with 1. Brackets go: a flag in them ends with a blank too. */
async function helpOf(program: string, signal?: AbortSignal): Promise<string> {
  let help = '';
  const late = AbortSignal.timeout(HELP_MS);
  const stop = signal === undefined ? late : AbortSignal.any([signal, late]);
  const onLine = (_: string, line: string): void => {
    if (help.length < MAX_HELP) help += `${line} `;
  };
  await runProgram(program, ['--help'], { signal: stop, onLine }).catch((error: unknown) => {
    if (late.aborted && signal?.aborted !== true)
      throw notUsable(`${program} is no llama-quantize: it takes more than ${HELP_MS / 1000} s for its help`);
    throw error;
  });
  return help.replaceAll(/[[\]]/g, ' ');
}

const MAX_HELP = 100_000;

/** A program that is none of llama.cpp's may run for ever; llama-quantize takes 50 ms, also on a busy machine some seconds. */
const HELP_MS = 20_000;

function notUsable(what: string): GgufError<'unavailable'> {
  return new GgufError('unavailable', what, { what });
}
