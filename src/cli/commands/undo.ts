import { Command } from 'commander';
import { undoLastWrite } from '../../edit/recover.js';
import { formatBytes } from '../../report/format.js';
import { addSharedFlags, examples, readFlags, type SharedFlags } from '../flags.js';
import { reportEach } from '../report-each.js';
import type { Terminal } from '../terminal.js';

/** `ggufix undo`: takes back the last write that kept an undo record. */
export function undoCommand(terminal: Terminal): Command {
  const command = new Command('undo')
    .summary('restore the bytes before the last write')
    .description(
      'Restores exactly the bytes that files had before the last fix, requantize or meta command with --keep-undo.',
    )
    .argument('<sources...>', 'files, folders or globs')
    .addHelpText('after', examples([['ggufix undo model.gguf', 'take back a fix made with --keep-undo']]))
    .action(async (sources: string[], given: unknown) => {
      const flags: SharedFlags = readFlags(given, () => ({}));
      await reportEach(terminal, 'ggufix.undo/1', sources, flags, async (source) => {
        const { from, bytes } = await undoLastWrite(source);
        const how = from === 'file' ? 'put the old file back' : `restored ${formatBytes(bytes)}`;
        return { json: { status: 'restored', bytesRestored: bytes }, text: how };
      });
    });
  return addSharedFlags(command);
}
