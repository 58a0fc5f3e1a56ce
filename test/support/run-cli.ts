import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { main } from '../../src/cli/main.js';
import type { Screen, Terminal } from '../../src/cli/terminal.js';
import { PLAIN } from '../../src/report/styles.js';

/** What a command printed and the exit code that it set. */
export interface CliResult {
  readonly out: string;
  readonly err: string;
  readonly exit: number;
}

/** A terminal that keeps what is written to it. */
export interface FakeTerminal extends Terminal {
  result(): CliResult;
}

/** What a fake terminal may differ in from a pipe of 80 columns. */
export interface FakeOptions {
  readonly stdout?: Partial<Screen>;
  readonly stderr?: Partial<Screen>;
  readonly isCi?: boolean;
  readonly signal?: AbortSignal;
}

/** A terminal for tests that run in this process. */
export function fakeTerminal(options: FakeOptions = {}): FakeTerminal {
  const pipe: Screen = { width: 80, isTty: false, styles: PLAIN };
  let out = '';
  let err = '';
  let exit = 0;
  return {
    out(text) {
      out += text;
    },
    err(text) {
      err += text;
    },
    stdout: { ...pipe, ...options.stdout },
    stderr: { ...pipe, ...options.stderr },
    isCi: options.isCi ?? false,
    signal: options.signal ?? new AbortController().signal,
    setExit(code) {
      exit = Math.max(exit, code);
    },
    result: () => ({ out, err, exit }),
  };
}

/** Runs `ggufix ARGV` in this process. */
export async function runCli(argv: readonly string[], options: FakeOptions = {}): Promise<CliResult> {
  const terminal = fakeTerminal(options);
  await main(argv, terminal);
  return terminal.result();
}

/** The built program, as users run it. */
export const BINARY = path.resolve('bin/ggufix.js');

/** Runs `node bin/ggufix.js ARGV` in `folder`, with no variable that asks for colour. */
export function runBinary(argv: readonly string[], folder: string, environment = process.env): CliResult {
  const { FORCE_COLOR: _color, ...env } = environment;
  const run = spawnSync(process.execPath, [BINARY, ...argv], { cwd: folder, env, encoding: 'utf8' });
  return { out: run.stdout, err: run.stderr, exit: run.status ?? -1 };
}
