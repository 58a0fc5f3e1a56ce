import type { EvidenceContext } from '../evidence/context.js';
import { reportFailure } from './errors.js';
import type { SharedFlags } from './flags.js';
import { printNote } from './note-journal.js';
import type { Terminal } from './terminal.js';

/** How a command looks at files: what is to be said goes to its terminal, and what is not to be had is a failure. */
export function evidenceContext(terminal: Terminal, flags: SharedFlags): EvidenceContext {
  return {
    signal: terminal.signal,
    threads: flags.threads,
    onNote: (text) => printNote(terminal, text),
    onUnavailable: (error, source) => reportFailure(terminal, error, { ...flags, source }),
  };
}
