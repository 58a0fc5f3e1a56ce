import { journalNote } from '../edit/find-journal.js';
import { printable } from '../gguf/printable.js';
import { shardPaths } from '../sources/shard-name.js';
import type { Terminal } from './terminal.js';

/** Says so where an interrupted change of the file waits for `recover`: what a command reads then may be half of it. */
export async function noteJournal(terminal: Terminal, file: string): Promise<void> {
  const note = await journalNote(file);
  if (note !== undefined) printNote(terminal, note);
}

/** Says what the layers below have to say while they work. It may hold names of files. */
export function printNote(terminal: Terminal, text: string): void {
  terminal.err(`ggufix: note: ${printable(text)}\n`);
}

/** Says so of whole models: of each shard of those that are split. */
export async function noteJournals(terminal: Terminal, models: readonly string[]): Promise<void> {
  for (const file of new Set(models.flatMap(shardPaths))) await noteJournal(terminal, file);
}
