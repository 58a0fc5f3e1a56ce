import { Command } from 'commander';
import type { Finding, FixChoices } from '../../checks/check.js';
import { PER_LAYER_EMBEDDING } from '../../checks/requantize-embedding.js';
import { planDraft } from '../../edit/change-file.js';
import { applyEdits } from '../../edit/draft.js';
import { findJournal } from '../../edit/find-journal.js';
import { recoverFile } from '../../edit/recover.js';
import { GgufError } from '../../errors.js';
import { readHeader } from '../../gguf/parse.js';
import type { RepairOptions, RepairPlan } from '../../repair/plan.js';
import { planMeasured } from '../../repair/plan-measured.js';
import { recheck } from '../../repair/recheck.js';
import type { ChangeReport, ChangeStatus } from '../../report/change.js';
import { type FileSource, openFile } from '../../sources/file.js';
import { addChangeFlags, type ChangeFlags, readChangeFlags } from '../change-flags.js';
import type { ConfigChoice } from '../config-finder.js';
import { addConfigFlags } from '../config-flags.js';
import { EXIT } from '../exit.js';
import { addSharedFlags, append, examples, readFlags, type SharedFlags } from '../flags.js';
import { noteJournal } from '../note-journal.js';
import { openRepairScopes, type RepairScopes } from '../repair-scopes.js';
import { type Assignment, openDonor, parseAssignments } from '../requantize-flags.js';
import { changeEach, runChange } from '../run-change.js';
import type { Terminal } from '../terminal.js';

interface FixFlags extends SharedFlags, ChangeFlags {
  readonly unsafe: boolean;
  readonly only: readonly string[];
  readonly ignore: readonly string[];
  readonly assignments: readonly Assignment[];
  readonly from: string | undefined;
  readonly config: ConfigChoice;
}

/** `ggufix fix`: repairs what the rules find, in place where that is possible. */
export function fixCommand(terminal: Terminal): Command {
  const command = new Command('fix')
    .summary('repair what is wrong, in place')
    .description(
      'Checks files and applies the fixes that are safe: the cheapest way, under a journal or by replacing the file atomically. A fix that is not certain to be wanted needs --unsafe.',
    )
    .argument('<sources...>', 'files, folders or globs')
    .option('--unsafe', 'also apply fixes that lose something, such as fewer bits per weight')
    .option('--only <rule>', 'fix only this rule or area, such as "gemma3n/*" (repeatable)', append)
    .option('--ignore <rule>', 'leave this rule or area alone (repeatable)', append)
    .option('--type <tensor=type>', 'type for a tensor that is requantized, or auto (repeatable)', append)
    .option('--from <file>', 'take requantized tensors from this higher-precision file of the same model')
    .addHelpText(
      'after',
      examples([
        ['ggufix fix model.gguf', 'repair a file'],
        ['ggufix fix model.gguf --dry-run', 'see what would be done'],
        ['ggufix fix model.gguf --from model-BF16.gguf', 'do not round the weights twice'],
        ['ggufix fix model.gguf --type per_layer_token_embd.weight=q5_0', 'choose the type'],
        ['ggufix fix models/ --keep-undo --json', 'a whole folder, revocably, for a program'],
      ]),
    )
    .action(async (sources: string[], given: unknown) => {
      await fix(terminal, sources, fixFlags(given));
    });
  return addSharedFlags(addConfigFlags(addChangeFlags(command)));
}

function fixFlags(given: unknown): FixFlags {
  return readFlags(given, (reader) => ({
    ...readChangeFlags(reader),
    unsafe: reader.isSet('unsafe'),
    only: reader.list('only'),
    ignore: reader.list('ignore'),
    assignments: parseAssignments('--type', reader.list('type')),
    from: reader.text('from'),
    config: reader.textOrOff('config'),
  }));
}

async function fix(terminal: Terminal, sources: readonly string[], flags: FixFlags): Promise<void> {
  refuseSlips(flags);
  await using scopes = await openRepairScopes(terminal, flags);
  const donor = await openDonor(flags.from, terminal.signal);
  const types = new Map(
    flags.assignments.flatMap(({ pattern, type }) => (type === undefined ? [] : [[pattern, type]])),
  );
  const choices: FixChoices = { types, ...(donor === undefined ? {} : { from: donor }) };
  const reports = await changeEach(terminal, 'ggufix.fix/1', sources, flags, async (source) => {
    const note = await settleJournal(terminal, source, flags);
    await using file = await openFile(source);
    const report = await fixFile(terminal, file, choices, scopes, flags);
    return { ...report, notes: [...note, ...report.notes] };
  });
  if (reports.some(({ remaining }) => isLeftUnfixed(remaining, flags))) terminal.setExit(EXIT.findings);
}

/** A tensor that no rule requantizes is a slip on the command line, not a property of a file. */
function refuseSlips(flags: FixFlags): void {
  const other = flags.assignments.find(({ pattern }) => pattern !== PER_LAYER_EMBEDDING);
  if (other === undefined) return;
  const problem = `--type ${other.pattern}: fix requantizes only ${PER_LAYER_EMBEDDING}; for others use ggufix requantize`;
  throw new GgufError('bad-option', problem, { problems: [problem] });
}

/** An interrupted write is settled first: nothing can be said of a file in between. */
async function settleJournal(terminal: Terminal, source: string, { dryRun, out }: FixFlags): Promise<string[]> {
  if (dryRun) await noteJournal(terminal, source);
  // With -o the source is only read, so a source that needs `recover` is refused later on.
  if (dryRun || out !== undefined || (await findJournal(source)) === undefined) return [];
  const recovery = await recoverFile(source);
  return [`an earlier change had been interrupted: ${recovery}`];
}

async function fixFile(
  terminal: Terminal,
  file: FileSource,
  choices: FixChoices,
  scopes: RepairScopes,
  flags: FixFlags,
): Promise<ChangeReport> {
  const header = await readHeader(file, terminal.signal);
  const options: RepairOptions = {
    ...(await scopes.scopeOf(file, header)),
    only: flags.only,
    ignore: flags.ignore,
    choices,
    allow: flags.unsafe ? 'unsafe' : 'safe',
  };
  const { repair, conversions, notes } = await planMeasured(file, header, options);
  const base = { source: file.uri, applied: repair.applied, conversions, seconds: 0, notes };
  const isCopy = flags.out !== undefined && repair.blockedBy.length === 0;
  const draft = repair.draft ?? (isCopy ? applyEdits(header, []) : undefined);
  if (draft === undefined) return { ...base, remaining: repair.remaining, status: statusOf(repair, flags) };
  const change = planDraft(draft, flags);
  const found = { ...base, change, ...(flags.out === undefined ? {} : { out: flags.out }) };
  if (flags.dryRun) return { ...found, remaining: repair.remaining, status: statusOf(repair, flags) };
  const seconds = await runChange(terminal, flags, file, change, flags);
  const remaining = await recheck(flags.out ?? file.path, repair, options);
  return { ...found, seconds, remaining, status: statusOf({ ...repair, remaining }, flags) };
}

function statusOf({ applied, remaining }: Pick<RepairPlan, 'applied' | 'remaining'>, flags: FixFlags): ChangeStatus {
  const isLeft = isLeftUnfixed(remaining, flags);
  if (applied.length === 0) return isLeft ? 'failed' : 'clean';
  if (flags.dryRun) return 'planned';
  return isLeft ? 'partly' : 'fixed';
}

/**
 * Whether something stays that the user wanted gone: errors, and what `--type` asks for but only `--unsafe` would do.
 * Another warning that stays does not make a repair fail.
 */
function isLeftUnfixed(findings: readonly Finding[], { assignments }: FixFlags): boolean {
  const isAskedFor = ({ fix }: Finding): boolean => assignments.length > 0 && fix?.safety === 'unsafe';
  return findings.some((finding) => finding.severity === 'error' || isAskedFor(finding));
}
