import { findJournal, journalText } from '../edit/find-journal.js';
import { printable } from '../gguf/printable.js';
import { shardPaths } from '../sources/shard-name.js';
import type { Terminal } from './terminal.js';

/** Says so where an interrupted change of the file waits for `recover`: what a command reads then may be half of it. */
export async function noteJournal(terminal: Terminal, file: string): Promise<void> {
  const journal = await findJournal(file);
  if (journal !== undefined) terminal.err(`ggufix: note: ${printable(journalText(file, journal))}\n`);
}

/** Says so of whole models: of each shard of those that are split. */
export async function noteJournals(terminal: Terminal, models: readonly string[]): Promise<void> {
  for (const file of new Set(models.flatMap(shardPaths))) await noteJournal(terminal, file);
}
