import { Command } from 'commander';
import { addSharedFlags, examples, readFlags } from '../flags.js';
import type { Terminal } from '../terminal.js';

/** `ggufix recipe`: the types that a quantization gives to tensors, as named, written and read off files. */
export function recipeCommand(terminal: Terminal): Command {
  const command = new Command('recipe')
    .summary('list, show, resolve and clone recipes')
    .description('Recipes say which type each tensor of a quantized model gets.')
    .addHelpText(
      'after',
      examples([
        ['ggufix recipe list model-BF16.gguf', 'the presets, and how large they make this model'],
        ['ggufix recipe show UD-Q4_K_XL > mine.yaml', 'a recipe to start from'],
        ['ggufix recipe resolve mine.yaml model-BF16.gguf', 'what it comes to for a model'],
        ['ggufix recipe resolve mine.yaml model-BF16.gguf -o types.txt', 'for llama-quantize --tensor-type-file'],
        ['ggufix recipe clone other-UD-Q4_K_XL.gguf -o clone.yaml', 'the recipe that a file was made by'],
      ]),
    );
  for (const make of [listCommand, showCommand, resolveCommand, cloneCommand]) command.addCommand(make(terminal));
  return command;
}

/** Presets and schemas take time to load, which help need not wait for. */
const actions = () => import('../recipe-actions.js');

function listCommand(terminal: Terminal): Command {
  const command = new Command('list')
    .summary('list the presets')
    .description('Lists the presets; with a model, the exact size of the file that each makes of it.')
    .argument('[model]', 'a model that is to be quantized; only its header is read')
    .action(async (model: string | undefined, given: unknown) => {
      await (await actions()).listRecipes(
        terminal,
        model,
        readFlags(given, () => ({})),
      );
    });
  return addSharedFlags(command);
}

function showCommand(terminal: Terminal): Command {
  const command = new Command('show')
    .summary('print a recipe')
    .description('Prints a recipe as the text of a recipe file.')
    .argument('<recipe>', 'a preset, a mixture of llama-quantize such as Q4_K_M, or a recipe file')
    .action(async (recipe: string, given: unknown) => {
      await (await actions()).showRecipe(
        terminal,
        recipe,
        readFlags(given, () => ({})),
      );
    });
  return addSharedFlags(command);
}

function resolveCommand(terminal: Terminal): Command {
  const command = new Command('resolve')
    .summary('show what a recipe comes to for a model')
    .description(
      'Shows the type that a recipe gives to each tensor of a model, and the exact size of the file that llama-quantize makes of it. A recipe that was read off another model of the architecture is fitted to this one.',
    )
    .argument('<recipe>', 'a preset, a mixture of llama-quantize such as Q4_K_M, or a recipe file')
    .argument('<model>', 'the model that is to be quantized; only its header is read')
    .option('--imatrix <file>', 'as with this importance matrix')
    .option('--tensors', 'list the tensors one by one')
    .option('--tensor-type-file', 'print a file for llama-quantize --tensor-type-file instead')
    .option('-o, --output <file>', 'write that file')
    .option('--force', 'replace the output file if it exists')
    .action(async (recipe: string, model: string, given: unknown) => {
      const flags = readFlags(given, (reader) => ({
        imatrix: reader.text('imatrix'),
        tensors: reader.isSet('tensors'),
        tensorTypeFile: reader.isSet('tensorTypeFile'),
        output: reader.text('output'),
        force: reader.isSet('force'),
      }));
      await (await actions()).resolveFor(terminal, recipe, model, flags);
    });
  return addSharedFlags(command);
}

function cloneCommand(terminal: Terminal): Command {
  const command = new Command('clone')
    .summary('read the recipe off a quantized file')
    .description(
      'Prints the recipe that a quantized file was made by, as its header tells it: the type of every tensor.',
    )
    .argument('<source>', 'a quantized model; only its header is read')
    .option('-o, --output <file>', 'write it to this file, as JSON if its name ends with .json')
    .option('--force', 'replace the output file if it exists')
    .action(async (source: string, given: unknown) => {
      const flags = readFlags(given, (reader) => ({
        output: reader.text('output'),
        force: reader.isSet('force'),
      }));
      await (await actions()).cloneFrom(terminal, source, flags);
    });
  return addSharedFlags(command);
}
