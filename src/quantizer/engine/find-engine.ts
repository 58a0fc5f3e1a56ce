import { fileURLToPath } from 'node:url';
import { GgufError, isGgufError } from '../../errors.js';
import { type Host, locateLlama } from '../embedded/locate.js';
import { ANSWER_MS, askProgram } from '../process/ask-program.js';
import { findProgram } from '../process/find-program.js';
import { ENGINE_FEATURES, type Engine } from './engine.js';

/** What the search for an engine looks at. */
export interface EngineSearch {
  /** `auto`, `embedded`, or the path of a llama-quantize. */
  readonly wanted: string;
  /** The flag that a path was given with; `--engine` where absent. */
  readonly flag?: '--engine' | '--llama-quantize';
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
  /** The machine that the embedded engine is looked for on; this one where absent. */
  readonly host?: Host;
  /** The built script of the embedded engine, where it is not beside this module. */
  readonly childUrl?: URL;
  /** What a program has for its help. For tests. */
  readonly helpMs?: number;
}

const PLACE = { name: 'llama-quantize', variable: 'LLAMA_QUANTIZE' } as const;

/**
 * The engine that `--engine` means: the given llama-quantize; under `auto` the one of `$LLAMA_QUANTIZE`, the one on
 * PATH, else the embedded one. Rejects with `unavailable` where there is none, saying how to get one, and for one that is
 * found but cannot be used: another engine is not what its owner expects.
 */
export async function findEngine(search: EngineSearch): Promise<Engine> {
  const { wanted, flag = '--engine', env } = search;
  if (wanted === 'embedded') return await embeddedEngine(search);
  const given = wanted === 'auto' ? undefined : wanted;
  let program: string;
  try {
    program = await findProgram({ ...PLACE, flag, given }, env);
  } catch (cause) {
    // What was named must be used; only a search that found nothing may go on.
    if (!isGgufError(cause, 'unavailable') || given !== undefined || env['LLAMA_QUANTIZE']) throw cause;
    return await embeddedEngine(search).catch((error: unknown) => {
      if (!isGgufError(error, 'unavailable')) throw error;
      const what = `${cause.message}, and ${error.message}`;
      throw new GgufError('unavailable', `${what}; install llama.cpp, or name it with --engine PATH`, { what });
    });
  }
  return await nativeEngine(program, search);
}

async function embeddedEngine({ host, childUrl }: EngineSearch): Promise<Engine> {
  await locateLlama(host);
  const script = fileURLToPath(childUrl ?? new URL('../embedded/quantize-child.js', import.meta.url));
  return { kind: 'embedded', program: process.execPath, prefix: [script], features: new Set(ENGINE_FEATURES) };
}

async function nativeEngine(program: string, { signal, helpMs = ANSWER_MS }: EngineSearch): Promise<Engine> {
  // llama-quantize prints its help to stdout, and ends with 0 or 1.
  const help = await askProgram(program, ['--help'], helpMs, signal);
  if (!help.includes('--allow-requantize')) {
    const what = `${program} is no llama-quantize: its help does not read so`;
    throw new GgufError('unavailable', `${what}; name another one with --engine PATH, or take --engine embedded`, {
      what,
    });
  }
  const features = ENGINE_FEATURES.filter((feature) => new RegExp(`--${feature}(?![-\\w])`).test(help));
  return { kind: 'llama-quantize', program, prefix: [], features: new Set(features) };
}
