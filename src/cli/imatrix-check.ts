import { Command } from 'commander';
import { checkImatrix } from '../quantizer/imatrix/check-imatrix.js';
import { severityOf } from '../quantizer/imatrix/coverage.js';
import { openModel } from '../quantizer/quantize/open-model.js';
import { imatrixCheckJson, renderImatrixCheck } from '../report/imatrix-check.js';
import type { ImatrixDocument } from '../report/imatrix-documents.js';
import { chooseRecipe, type RecipeChoice } from './choose-recipe.js';
import { EXIT } from './exit.js';
import { addSharedFlags, examples, readFlags, type SharedFlags } from './flags.js';
import type { Terminal } from './terminal.js';

type CheckFlags = SharedFlags & RecipeChoice;

/** `ggufix imatrix check`: what an imatrix lacks for a model. */
export function imatrixCheckCommand(terminal: Terminal): Command {
  const command = new Command('check')
    .summary('say what an imatrix lacks for a model')
    .description(
      'Reads an importance matrix, GGUF or .dat, and says what it lacks for a quantization of a model: tensors without data, and whether llama-quantize would stop there; entries of another size or another model; experts that no token reached; values that are no numbers. Without --type or --recipe it judges for any quantization.',
    )
    .argument('<imatrix>', 'the importance matrix')
    .argument('<model>', 'the model that it is for; of a split one, any shard')
    .option('--type <type>', 'what the model becomes: a file type of llama-quantize, such as IQ2_M')
    .option('--recipe <recipe>', 'what the model becomes: the name of a preset, or a recipe file')
    .addHelpText(
      'after',
      examples([['ggufix imatrix check imatrix.gguf model-BF16.gguf --type IQ3_XXS', 'before a quantization']]),
    )
    .action(async (imatrix: string, model: string, given: unknown) => {
      const flags = readFlags(given, (reader) => ({ type: reader.text('type'), recipe: reader.text('recipe') }));
      await check(terminal, imatrix, model, flags);
    });
  return addSharedFlags(command);
}

async function check(terminal: Terminal, imatrix: string, model: string, flags: CheckFlags): Promise<void> {
  await using opened = await openModel(model, terminal.signal);
  const recipe = await chooseRecipe(flags, opened.header);
  const checked = await checkImatrix(imatrix, opened.header, recipe, terminal.signal);
  const report = { ...checked, imatrix, model, recipe: recipe?.name };
  if (flags.json) {
    const document: ImatrixDocument = { schema: 'ggufix.imatrix/1', checked: imatrixCheckJson(report) };
    terminal.out(`${JSON.stringify(document, null, 2)}\n`);
  } else {
    terminal.out(renderImatrixCheck(report, flags.verbose, terminal.stdout));
  }
  if (checked.problems.some((problem) => severityOf(problem) === 'aborts')) terminal.setExit(EXIT.findings);
}
