import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';
import { GgufError } from '../../errors.js';

/** Where a program may be named. */
export interface ProgramPlace {
  /** Its file name without `.exe`. */
  readonly name: string;
  /** The path that the user gave, and the flag that it was given with. */
  readonly given: string | undefined;
  readonly flag: string;
  /** The environment variable that may hold a path. */
  readonly variable: string;
}

/**
 * The path of a program: the one that the user gave, else the one in the environment variable, else the first on PATH.
 * Rejects with `unavailable` where there is none; what was named must be there, for another one is not what was meant.
 */
export async function findProgram(
  { name, given, flag, variable }: ProgramPlace,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const named = given ?? (env[variable] || undefined);
  if (named !== undefined) {
    if (await isExecutable(named)) return path.resolve(named);
    throw missing(`${named}, named by ${given === undefined ? variable : flag}, is no program that can be run`);
  }
  for (const folder of (env['PATH'] ?? '').split(path.delimiter)) {
    const file = path.join(folder, `${name}${SUFFIX}`);
    // An empty or relative part of PATH means a folder where anybody may have put a program.
    if (path.isAbsolute(folder) && (await isExecutable(file))) return file;
  }
  throw missing(`${name} is neither on PATH nor named by ${flag} or ${variable}`);
}

const SUFFIX = process.platform === 'win32' ? '.exe' : '';

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

function missing(what: string): GgufError<'unavailable'> {
  return new GgufError('unavailable', what, { what });
}
