import { type Command, Option } from 'commander';
import { FlagReader } from './flag-reader.js';

/** How progress is shown: `auto` is a bar where a person watches. */
export const PROGRESS_MODES = ['auto', 'bar', 'json', 'none'] as const;

/** Flags that every command has. */
export interface SharedFlags {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** Worker threads; 0 works in the main thread, `undefined` means one for each processor. */
  readonly threads: number | undefined;
  readonly progress: (typeof PROGRESS_MODES)[number];
}

/** Most threads that are of any use; more is a slip of the finger. */
const MAX_THREADS = 1024;

/** Adds the shared flags to a command, as a group of their own at the end of its help. */
export function addSharedFlags(command: Command): Command {
  const heading = 'Flags of all commands:';
  const flags = [
    new Option('--json', 'print one JSON document'),
    new Option('-q, --quiet', 'print results and errors only'),
    new Option('-v, --verbose', 'print exact numbers, and where an internal error arose'),
    new Option('--threads <n>', 'worker threads (default: one a processor)'),
    new Option('--progress <mode>', 'how to show progress (default: auto)').choices(PROGRESS_MODES),
  ];
  for (const flag of flags) command.addOption(flag.helpGroup(heading));
  return command;
}

/**
 * The flags of a command: the shared ones and what `own` reads. Throws `bad-option` that names every flag which is
 * wrong or which nobody reads.
 */
export function readFlags<T extends object>(given: unknown, own: (reader: FlagReader) => T): SharedFlags & T {
  const reader = new FlagReader(given);
  const flags = { ...readSharedFlags(reader), ...own(reader) };
  reader.refuseTheRest();
  return flags;
}

/** Collects the values of a flag that may be repeated, for commander. */
export function append(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** The examples at the end of a command's help: what is typed, and what it does. */
export function examples(lines: readonly (readonly [command: string, does: string])[]): string {
  return ['', 'Examples:', ...lines.flatMap(([command, does]) => [`  # ${does}`, `  $ ${command}`])].join('\n');
}

function readSharedFlags(reader: FlagReader): SharedFlags {
  return {
    json: reader.isSet('json'),
    quiet: reader.isSet('quiet'),
    verbose: reader.isSet('verbose'),
    threads: reader.integer('threads', 0, MAX_THREADS),
    progress: reader.choice('progress', PROGRESS_MODES) ?? 'auto',
  };
}
