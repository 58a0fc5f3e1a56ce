import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { GgufError, isGgufError } from '../../errors.js';
import { locateLlama } from '../embedded/locate.js';
import { runProgram } from '../process/run-program.js';
import { ENGINE_FEATURES, type Engine } from './engine.js';

/** What the search for an engine looks at. */
export interface EngineSearch {
  /** `auto`, `embedded`, or the path of a llama-quantize. */
  readonly wanted: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
}

const PROGRAM = process.platform === 'win32' ? 'llama-quantize.exe' : 'llama-quantize';

/**
 * The engine that `--engine` means: the given llama-quantize; under `auto` the one of `$LLAMA_QUANTIZE`, the one on
 * PATH, else the embedded one. Rejects with `unavailable` where there is none, saying how to get one.
 */
export async function findEngine({ wanted, env, signal }: EngineSearch): Promise<Engine> {
  if (wanted === 'embedded') return await embeddedEngine();
  if (wanted !== 'auto') return await nativeEngine(wanted, `--engine ${wanted}`, signal);
  const named = env['LLAMA_QUANTIZE'];
  if (named !== undefined && named !== '') return await nativeEngine(named, `LLAMA_QUANTIZE=${named}`, signal);
  const found = await findOnPath(PROGRAM, env['PATH'] ?? '');
  if (found !== undefined) return await nativeEngine(found, found, signal);
  return await embeddedEngine().catch((cause: unknown) => {
    if (!isGgufError(cause, 'unavailable')) throw cause;
    const what = `no llama-quantize is on PATH, and ${cause.message}`;
    throw new GgufError(
      'unavailable',
      `${what}; install llama.cpp, or name it with --engine PATH`,
      { what },
      { cause },
    );
  });
}

async function embeddedEngine(): Promise<Engine> {
  await locateLlama();
  const script = fileURLToPath(new URL('../embedded/quantize-child.js', import.meta.url));
  return { kind: 'embedded', program: process.execPath, prefix: [script], features: new Set(ENGINE_FEATURES) };
}

async function nativeEngine(program: string, name: string, signal?: AbortSignal): Promise<Engine> {
  const absolute = path.resolve(program);
  if (!(await isProgram(absolute))) throw notUsable(`${name} is no program that can be run`);
  const help = await helpOf(absolute, signal);
  if (!help.includes('--allow-requantize')) throw notUsable(`${name} is no llama-quantize: its help does not read so`);
  const features = ENGINE_FEATURES.filter((feature) => help.includes(`--${feature} `));
  return { kind: 'llama-quantize', program: absolute, prefix: [], features: new Set(features) };
}

/** llama-quantize prints its help to stdout, and ends with 1. */
async function helpOf(program: string, signal?: AbortSignal): Promise<string> {
  let help = '';
  await runProgram(program, ['--help'], {
    signal,
    onLine: (_, line) => {
      if (help.length < MAX_HELP) help += `${line} `;
    },
  });
  // `[--tensor-type]` must not be found in `--tensor-type-file`.
  return help.replaceAll(/[[\]]/g, ' ');
}

const MAX_HELP = 100_000;

async function findOnPath(name: string, folders: string): Promise<string | undefined> {
  for (const folder of folders.split(path.delimiter)) {
    const file = path.join(folder, name);
    // An empty part of PATH would mean the current folder, where anybody may have put a program.
    if (path.isAbsolute(folder) && (await isProgram(file))) return file;
  }
  return undefined;
}

async function isProgram(file: string): Promise<boolean> {
  const stats = await stat(file).catch(() => undefined);
  if (stats?.isFile() !== true) return false;
  return await access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function notUsable(what: string): GgufError<'unavailable'> {
  return new GgufError('unavailable', what, { what });
}
