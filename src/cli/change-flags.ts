import { type Command, Option } from 'commander';
import type { ChangeOptions } from '../edit/change-file.js';
import { STRATEGIES } from '../edit/plan.js';
import type { FlagReader } from './flag-reader.js';

/** Flags of every command that writes a file. */
export interface ChangeFlags extends ChangeOptions {
  readonly dryRun: boolean;
}

/** Adds them to a command. */
export function addChangeFlags(command: Command): Command {
  return command
    .option('-n, --dry-run', 'show what would be done and write nothing')
    .option('-o, --output <file>', 'write a new file and leave the old one alone')
    .option('--force', 'replace the output file if it exists')
    .addOption(
      new Option('--strategy <name>', 'how to write (default: auto, the cheapest)').choices(['auto', ...STRATEGIES]),
    )
    .option('--keep-undo', 'keep what ggufix undo needs to restore the old bytes');
}

/** Reads them. */
export function readChangeFlags(reader: FlagReader): ChangeFlags {
  const out = reader.text('output');
  return {
    dryRun: reader.isSet('dryRun'),
    force: reader.isSet('force'),
    strategy: reader.choice('strategy', ['auto', ...STRATEGIES]) ?? 'auto',
    keepUndo: reader.isSet('keepUndo'),
    ...(out === undefined ? {} : { out }),
  };
}
