import { Command } from 'commander';
import { addSharedFlags, examples, readFlags } from '../flags.js';
import type { Terminal } from '../terminal.js';
import { batchInit } from './init.js';

/** `ggufix batch init`: a manifest to begin with. */
export function batchInitCommand(terminal: Terminal): Command {
  const command = new Command('init')
    .summary('write a manifest for the models of a folder')
    .description(
      'Writes a manifest with comments for the models in a folder that quants can be made of: F32, F16 or BF16. Edit it, then run it.',
    )
    .argument('[folder]', 'where the models are', '.')
    .option('-o, --output <file>', 'where the manifest goes (default: ggufix.batch.yaml in the folder)')
    .option('--force', 'replace a manifest that is there')
    .addHelpText('after', examples([['ggufix batch init models/', 'a manifest for the models in a folder']]))
    .action(async (folder: string, given: unknown) => {
      const flags = readFlags(given, (reader) => ({ force: reader.isSet('force'), output: reader.text('output') }));
      await batchInit(terminal, folder, flags);
    });
  return addSharedFlags(command);
}
