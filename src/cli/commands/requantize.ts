import { Command } from 'commander';
import { planChange } from '../../edit/change-file.js';
import { refuseJournal } from '../../edit/find-journal.js';
import { badOption } from '../../errors.js';
import type { ChangeResult } from '../../repair/change-result.js';
import { measureConversions } from '../../repair/measure.js';
import { planRequantization, type WantedTypes } from '../../repair/requantize.js';
import { type FileSource, openFile } from '../../sources/file.js';
import { addChangeFlags, type ChangeFlags, readChangeFlags } from '../change-flags.js';
import { addSharedFlags, append, examples, readFlags, type SharedFlags } from '../flags.js';
import { type Assignment, type Donor, openDonor, parseAssignments } from '../requantize-flags.js';
import { readWholeHeader } from '../require-header.js';
import { changeEach, runChange } from '../run-change.js';
import type { Terminal } from '../terminal.js';

interface RequantizeFlags extends SharedFlags, ChangeFlags {
  readonly assignments: readonly WantedTypes[];
  readonly from: string | undefined;
}

/** `ggufix requantize`: writes tensors as other types and copies all others byte for byte. */
export function requantizeCommand(terminal: Terminal): Command {
  const command = new Command('requantize')
    .summary('write tensors as other types')
    .description(
      'Writes the named tensors as other types, bit for bit as ggml does; all other tensors keep their bytes.',
    )
    .argument('<sources...>', 'files, folders or globs')
    .requiredOption(
      '--tensor <pattern=type>',
      'tensors (a name, * and ? allowed) and their new type (repeatable)',
      append,
    )
    .option('--from <file>', 'take the weights from this higher-precision file of the same model')
    .addHelpText(
      'after',
      examples([
        ['ggufix requantize model.gguf --tensor per_layer_token_embd.weight=q8_0', 'one tensor, in place'],
        ['ggufix requantize model.gguf --tensor "*.ffn_down.weight=q5_1" -o out.gguf', 'many, into a copy'],
        ['ggufix requantize q4.gguf --tensor token_embd.weight=q8_0 --from bf16.gguf', 'from better weights'],
      ]),
    )
    .action(async (sources: string[], given: unknown) => {
      await requantize(terminal, sources, requantizeFlags(given));
    });
  return addSharedFlags(addChangeFlags(command));
}

function requantizeFlags(given: unknown): RequantizeFlags {
  return readFlags(given, (reader) => ({
    ...readChangeFlags(reader),
    assignments: parseAssignments('--tensor', reader.list('tensor')).map(withType),
    from: reader.text('from'),
  }));
}

function withType({ pattern, type }: Assignment): WantedTypes {
  if (type !== undefined) return { pattern, type };
  throw badOption(`--tensor ${pattern}=auto: only fix chooses types`);
}

async function requantize(terminal: Terminal, sources: readonly string[], flags: RequantizeFlags): Promise<void> {
  const donor = await openDonor(flags.from, terminal.signal);
  await changeEach(terminal, 'ggufix.requantize/1', sources, flags, async (source) => {
    await using file = await openFile(source);
    await refuseJournal(source);
    return await requantizeFile(terminal, file, donor, flags);
  });
}

async function requantizeFile(
  terminal: Terminal,
  file: FileSource,
  donor: Donor | undefined,
  flags: RequantizeFlags,
): Promise<ChangeResult> {
  const header = await readWholeHeader(file, terminal.signal);
  const { edits, titles } = planRequantization(header, flags.assignments, donor);
  const notes = edits.length === 0 ? ['all of these tensors have that type already'] : [];
  const base = { source: file.uri, remaining: [], conversions: [], seconds: 0, notes };
  if (edits.length === 0 && flags.out === undefined) return { ...base, applied: [], status: 'clean' };
  const change = planChange(header, edits, flags);
  const conversions = await measureConversions(file, header, edits);
  const out = flags.out === undefined ? {} : { out: flags.out };
  const report = { ...base, change, conversions, applied: titles.map((title) => ({ title })), ...out };
  if (flags.dryRun) return { ...report, status: 'planned' };
  return { ...report, seconds: await runChange(terminal, flags, file, change, flags), status: 'fixed' };
}
