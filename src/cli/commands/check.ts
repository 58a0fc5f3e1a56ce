import { Command } from 'commander';
import { RULES } from '../../checks/index.js';
import { runChecks, verdictOf } from '../../checks/run.js';
import { ruleSelector } from '../../checks/select.js';
import { readHeader } from '../../gguf/parse.js';
import { type CheckedFile, checkDocument, renderCheckedFile, renderSummary, summarize } from '../../report/check.js';
import { openFile } from '../../sources/file.js';
import { eachSource } from '../each-source.js';
import { EXIT } from '../exit.js';
import { addSharedFlags, append, examples, readFlags, type SharedFlags } from '../flags.js';
import { noteJournal } from '../note-journal.js';
import type { Terminal } from '../terminal.js';

interface CheckFlags extends SharedFlags {
  readonly only: readonly string[];
  readonly ignore: readonly string[];
  readonly maxWarnings: number | undefined;
}

/** `ggufix check`: runs the rules. */
export function checkCommand(terminal: Terminal): Command {
  const command = new Command('check')
    .summary('report what is wrong with files')
    .description('Runs the rules on files and reports what is wrong, where, and whom it hurts. Reads only headers.')
    .argument('<sources...>', 'files, folders or globs')
    .option('--only <rule>', 'run only this rule or area, such as "container/*" (repeatable)', append)
    .option('--ignore <rule>', 'leave this rule or area out (repeatable)', append)
    .option('--max-warnings <n>', 'fail if there are more warnings than this')
    .addHelpText(
      'after',
      examples([
        ['ggufix check model.gguf', 'check a file'],
        ['ggufix check models/ --json', 'check a folder, for a program'],
        ['ggufix check model.gguf --only "gemma3n/*"', 'one area of rules'],
        ['ggufix check model.gguf --max-warnings 0', 'a strict gate for CI'],
      ]),
    )
    .action(async (sources: string[], given: unknown) => {
      await check(terminal, sources, checkFlags(given));
    });
  return addSharedFlags(command);
}

function checkFlags(given: unknown): CheckFlags {
  return readFlags(given, (reader) => ({
    only: reader.list('only'),
    ignore: reader.list('ignore'),
    maxWarnings: reader.integer('maxWarnings', 0, Number.MAX_SAFE_INTEGER),
  }));
}

async function check(terminal: Terminal, sources: readonly string[], flags: CheckFlags): Promise<void> {
  // A rule that does not exist is a slip on the command line, not a property of the first file.
  ruleSelector(RULES, flags);
  const files: CheckedFile[] = [];
  for await (const outcome of eachSource(terminal, sources, flags, (source) => findingsOf(source, terminal, flags))) {
    const { source } = outcome;
    files.push(outcome.ok ? { source, findings: outcome.value } : { source, error: outcome.error });
    if (outcome.ok && !flags.json && !(flags.quiet && outcome.value.length === 0)) {
      terminal.out(renderCheckedFile(source, outcome.value, terminal.stdout));
    }
  }
  if (flags.json) terminal.out(`${JSON.stringify(checkDocument(files), null, 2)}\n`);
  else if (!flags.quiet) terminal.out(renderSummary(files, terminal.stdout));
  const isFailed = files.some((file) => 'findings' in file && verdictOf(file.findings) === 'fail');
  const isOverLimit = flags.maxWarnings !== undefined && summarize(files).warnings > flags.maxWarnings;
  if (isFailed || isOverLimit) terminal.setExit(EXIT.findings);
}

async function findingsOf(source: string, terminal: Terminal, flags: CheckFlags) {
  await using file = await openFile(source);
  await noteJournal(terminal, source);
  const header = await readHeader(file, terminal.signal);
  await file.assertUnchanged();
  return runChecks(header, { only: flags.only, ignore: flags.ignore });
}
