import { Command } from 'commander';
import { type Recovery, recoverFile } from '../../edit/recover.js';
import { addSharedFlags, examples, readFlags, type SharedFlags } from '../flags.js';
import { reportEach } from '../report-each.js';
import type { Terminal } from '../terminal.js';

/** `ggufix recover`: settles a write that was killed. */
export function recoverCommand(terminal: Terminal): Command {
  const command = new Command('recover')
    .summary('finish or roll back an interrupted write')
    .description('Settles a write that was killed or lost power: the file is then the new one or the old one, whole.')
    .argument('<sources...>', 'files, folders or globs')
    .addHelpText('after', examples([['ggufix recover model.gguf', 'after a crash or a power cut']]))
    .action(async (sources: string[], given: unknown) => {
      const flags: SharedFlags = readFlags(given, () => ({}));
      await reportEach(terminal, 'ggufix.recover/1', sources, flags, async (source) => {
        const status = await recoverFile(source);
        return { json: { status }, text: WORDS[status] };
      });
    });
  return addSharedFlags(command);
}

const WORDS: Readonly<Record<Recovery, string>> = {
  'nothing-to-do': 'no write was interrupted',
  completed: 'the interrupted write had finished; its journal is gone',
  'rolled-back': 'the interrupted write was rolled back: the old bytes are restored',
  'cleaned-up': 'an unfinished temporary file was removed; the file itself had not been touched',
};
