import type { Command } from 'commander';
import type { WorkOpener } from '../../../src/cli/batch/open-work.js';
import { reportFailure } from '../../../src/cli/errors.js';
import type { Terminal } from '../../../src/cli/terminal.js';
import { openScript } from '../../batch/queue/support/scripted.js';
import { type CliResult, type FakeOptions, fakeTerminal } from '../../support/run-cli.js';

/** Runs a command of the queue on scripted work, as `main` runs it on the real one. */
export async function runScriptedCommand(
  make: (terminal: Terminal, open: WorkOpener) => Command,
  argv: readonly string[],
  options: FakeOptions = {},
): Promise<CliResult> {
  const terminal = fakeTerminal(options);
  const command = make(terminal, () => openScript).exitOverride();
  try {
    await command.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    reportFailure(terminal, error, { verbose: true });
  }
  return terminal.result();
}
