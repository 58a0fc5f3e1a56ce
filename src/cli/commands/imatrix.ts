import { Command } from 'commander';
import { examples } from '../flags.js';
import { imatrixCheckCommand } from '../imatrix-check.js';
import { imatrixMakeCommand } from '../imatrix-make.js';
import type { Terminal } from '../terminal.js';

/** `ggufix imatrix`: makes importance matrices and says what they are good for. */
export function imatrixCommand(terminal: Terminal): Command {
  const command = new Command('imatrix')
    .summary('make and check importance matrices')
    .description(
      'Makes importance matrices with llama-imatrix, and says before a quantization what one lacks for it. ggufix inspect shows what one holds.',
    )
    .addHelpText(
      'after',
      examples([
        ['ggufix imatrix make model-BF16.gguf calibration.txt -o imatrix.gguf', 'make one'],
        ['ggufix imatrix check imatrix.gguf model-BF16.gguf', 'what it lacks for any quantization'],
        ['ggufix imatrix check imatrix.gguf model-BF16.gguf --recipe UD-IQ2_XXS', 'and for this one'],
      ]),
    );
  for (const make of [imatrixMakeCommand, imatrixCheckCommand]) command.addCommand(make(terminal));
  return command;
}
