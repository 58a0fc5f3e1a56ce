import { printable } from '../gguf/printable.js';
import { eachSource } from './each-source.js';
import type { SharedFlags } from './flags.js';
import type { Terminal } from './terminal.js';

/** What a small command says of one file. */
export interface ShortReport {
  readonly json: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** Runs a command that says one thing of each file: a line each, or one document of this `schema`. */
export async function reportEach(
  terminal: Terminal,
  schema: string,
  sources: readonly string[],
  flags: SharedFlags,
  work: (source: string) => Promise<ShortReport>,
): Promise<void> {
  const files: unknown[] = [];
  for await (const outcome of eachSource(terminal, sources, flags, work)) {
    const { source } = outcome;
    files.push(outcome.ok ? { source, ...outcome.value.json } : { source, error: outcome.error });
    if (outcome.ok && !flags.json && !flags.quiet) {
      terminal.out(`${printable(source)}: ${printable(outcome.value.text)}\n`);
    }
  }
  if (flags.json) terminal.out(`${JSON.stringify({ schema, files }, null, 2)}\n`);
}
