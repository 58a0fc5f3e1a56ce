import { Command } from 'commander';
import type { FixChoices } from '../../checks/check.js';
import { RULES } from '../../checks/index.js';
import { PER_LAYER_EMBEDDING } from '../../checks/requantize-embedding.js';
import { ruleSelector } from '../../checks/select.js';
import { type ConfigChoice, openConfigs } from '../../config/open-configs.js';
import { badOption } from '../../errors.js';
import { type FixRequest, fixFile, isLeftUnfixed } from '../../evidence/fix-file.js';
import { evidenceTools } from '../../evidence/tools.js';
import type { ChangeResult } from '../../repair/change-result.js';
import { expandSets, expandSources } from '../../sources/expand.js';
import { addChangeFlags, type ChangeFlags, readChangeFlags } from '../change-flags.js';
import { addConfigFlags } from '../config-flags.js';
import { evidenceContext } from '../evidence-context.js';
import { EXIT } from '../exit.js';
import { addSharedFlags, append, examples, readFlags, type SharedFlags } from '../flags.js';
import { startProgress } from '../progress.js';
import { type Assignment, openDonor, parseAssignments } from '../requantize-flags.js';
import { changeEach } from '../run-change.js';
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
  const configs = await openConfigs(flags.config);
  await using tools = evidenceTools({ threads: flags.threads });
  const request: FixRequest = {
    ...evidenceContext(terminal, flags),
    ...{ configs, tools, write: flags, dryRun: flags.dryRun, only: flags.only, ignore: flags.ignore },
    allow: flags.unsafe ? 'unsafe' : 'safe',
    choices: await readChoices(flags, terminal.signal),
    isTypeAskedFor: flags.assignments.length > 0,
    startWork: (work) => startProgress(terminal, flags, work),
  };
  const work = async (source: string): Promise<ChangeResult> => await fixFile(source, request);
  // One file cannot take what a whole set is.
  const expand = flags.out === undefined ? expandSets : expandSources;
  const results = await changeEach(terminal, 'ggufix.fix/1', sources, flags, work, expand);
  if (results.some(({ remaining }) => isLeftUnfixed(remaining, request))) terminal.setExit(EXIT.findings);
}

/** A rule that does not exist, or a tensor that none requantizes, is a slip on the command line, not a property of a file. */
function refuseSlips(flags: FixFlags): void {
  const other = flags.assignments.find(({ pattern }) => pattern !== PER_LAYER_EMBEDDING);
  if (other !== undefined) {
    throw badOption(
      `--type ${other.pattern}: fix requantizes only ${PER_LAYER_EMBEDDING}; for others use ggufix requantize`,
    );
  }
  ruleSelector(RULES, flags);
}

async function readChoices({ from, assignments }: FixFlags, signal: AbortSignal): Promise<FixChoices> {
  const donor = await openDonor(from, signal);
  const types = new Map(assignments.flatMap(({ pattern, type }) => (type === undefined ? [] : [[pattern, type]])));
  return { types, ...(donor === undefined ? {} : { from: donor }) };
}
