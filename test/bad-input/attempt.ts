import { spawnSync } from 'node:child_process';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { BINARY, type CliResult, runCli } from '../support/run-cli.js';

/** What the program said and how it ended. */
export interface Refusal {
  readonly exit: number | null;
  readonly out: string;
  readonly err: string;
}

/** How a process is started. */
export interface AttemptOptions {
  /** A module that is loaded first. */
  readonly preload?: string;
  /** The user that it runs as; only root may choose. */
  readonly uid?: number;
}

/** Runs the real program in `folder` and expects it to write nothing there: the same names, bytes, modes and times. */
export function attempt(folder: string, argv: readonly string[], options: AttemptOptions = {}): Refusal {
  const before = stateOf(folder);
  const refusal = run(folder, argv, options);
  expect(stateOf(folder), `ggufix ${argv.join(' ')} changed the folder`).toEqual(before);
  return refusal;
}

/** As `attempt`, but in this process: fast, for everything that does not depend on one. */
export async function attemptHere(folder: string, argv: readonly string[]): Promise<CliResult> {
  const before = stateOf(folder);
  const result = await runCli(argv);
  expect(stateOf(folder), `ggufix ${argv.join(' ')} changed the folder`).toEqual(before);
  return result;
}

/** Runs the real program in `folder`. */
export function run(folder: string, argv: readonly string[], { preload, uid }: AttemptOptions = {}): Refusal {
  const flags = preload === undefined ? [] : ['--import', preload];
  const { FORCE_COLOR: _color, ...env } = process.env;
  const user = uid === undefined ? {} : { uid, gid: uid };
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, BINARY, ...argv], {
    cwd: folder,
    encoding: 'utf8',
    env,
    ...user,
  });
  return { exit: status, out: stdout, err: stderr };
}

/** Expects a refusal with this exit code and one line on stderr. Returns the line. */
export function refusalLine({ exit, err }: Refusal, expectedExit: number): string {
  expect(err, 'one line').toMatch(/^ggufix: [^\n]+\n$/);
  expect(exit, err).toBe(expectedExit);
  return err.trimEnd();
}

function stateOf(folder: string): Record<string, string> {
  const state: Record<string, string> = {};
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const file = path.join(folder, name);
    const stats = lstatSync(file, { bigint: true });
    const bytes = stats.isFile() ? readFileSync(file).toString('latin1') : '';
    const link = stats.isSymbolicLink() ? readlinkSync(file) : '';
    state[name] = [stats.mode, stats.ino, stats.nlink, stats.isFile() ? stats.mtimeNs : '', link, bytes].join(' ');
  }
  return state;
}
