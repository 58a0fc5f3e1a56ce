import { Command } from 'commander';
import { badOption } from '../errors.js';
import { printable } from '../gguf/printable.js';
import { checkImatrix } from '../quantizer/imatrix/check-imatrix.js';
import { severityOf } from '../quantizer/imatrix/coverage.js';
import { chooseTypes, type TypesFrom } from '../quantizer/quantize/choose-types.js';
import { openModel } from '../quantizer/quantize/open-model.js';
import { imatrixCheckJson, renderImatrixCheck } from '../report/imatrix-check.js';
import type { ImatrixDocument } from '../report/imatrix-documents.js';
import { EXIT } from './exit.js';
import { addSharedFlags, examples, readFlags, type SharedFlags } from './flags.js';
import { noteJournals } from './note-journal.js';
import type { Terminal } from './terminal.js';
import { readTypesFrom } from './types-from.js';

interface CheckFlags extends SharedFlags {
  /** Where the types of the quantization come from, which are then those that `ggufix quantize` would take. */
  readonly from: TypesFrom | undefined;
}

/** `ggufix imatrix check`: what an imatrix lacks for a model. */
export function imatrixCheckCommand(terminal: Terminal): Command {
  const command = new Command('check')
    .summary('say what an imatrix lacks for a model')
    .description(
      'Reads an importance matrix, GGUF or .dat, and says what it lacks for a quantization of a model: tensors without data, and whether llama-quantize would stop there; entries of another size or another model; experts that no token reached; values that are no numbers. Without --type, --recipe or --like it judges for any quantization.',
    )
    .argument('<imatrix>', 'the importance matrix')
    .argument('<model>', 'the model that it is for; of a split one, any shard')
    .option('--type <type>', 'what the model becomes: a file type of llama-quantize, such as IQ2_M')
    .option('--recipe <recipe>', 'what the model becomes: the name of a preset, or a recipe file')
    .option('--like <source>', 'what the model becomes: a GGUF file whose types it gets')
    .addHelpText(
      'after',
      examples([['ggufix imatrix check imatrix.gguf model-BF16.gguf --type IQ3_XXS', 'before a quantization']]),
    )
    .action(async (imatrix: string, model: string, given: unknown) => {
      await check(
        terminal,
        imatrix,
        model,
        readFlags(given, (reader) => ({ from: atMostOne(readTypesFrom(reader)) })),
      );
    });
  return addSharedFlags(command);
}

function atMostOne([first, second]: readonly TypesFrom[]): TypesFrom | undefined {
  if (second === undefined) return first;
  throw badOption('give one of --type, --recipe and --like');
}

async function check(terminal: Terminal, imatrix: string, model: string, flags: CheckFlags): Promise<void> {
  const { signal } = terminal;
  const like = flags.from?.kind === 'like' ? [flags.from.source] : [];
  await noteJournals(terminal, [imatrix, model, ...like]);
  await using opened = await openModel(model, signal);
  const { header } = opened;
  const chosen = flags.from && (await chooseTypes(flags.from, header, { imatrix: true, signal }));
  const notes = flags.quiet ? [] : (chosen?.notes ?? []);
  for (const note of notes) terminal.err(`ggufix: note: ${printable(note)}\n`);
  const recipe = chosen?.recipe;
  const checked = await checkImatrix(imatrix, header, recipe, signal);
  const { problems } = checked;
  const report = { problems, entries: checked.imatrix.entries.size, imatrix, model, recipe: recipe?.name };
  if (flags.json) {
    const document: ImatrixDocument = { schema: 'ggufix.imatrix/1', checked: imatrixCheckJson(report) };
    terminal.out(`${JSON.stringify(document, null, 2)}\n`);
  } else {
    terminal.out(renderImatrixCheck(report, flags.verbose, terminal.stdout));
  }
  if (checked.problems.some((problem) => severityOf(problem) === 'aborts')) terminal.setExit(EXIT.findings);
}
