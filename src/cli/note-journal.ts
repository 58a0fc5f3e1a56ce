import { findJournal, journalText } from '../edit/find-journal.js';
import { printable } from '../gguf/printable.js';
import type { Terminal } from './terminal.js';

/** Says so where an interrupted change of the file waits for `recover`: what a command reads then may be half of it. */
export async function noteJournal(terminal: Terminal, file: string): Promise<void> {
  const journal = await findJournal(file);
  if (journal !== undefined) terminal.err(`ggufix: note: ${printable(journalText(file, journal))}\n`);
}
