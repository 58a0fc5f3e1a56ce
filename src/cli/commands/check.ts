import type { Command } from 'commander';
import type { Finding, Rule } from '../../checks/check.js';
import { RULES } from '../../checks/index.js';
import { ruleSelector } from '../../checks/select.js';
import { type CheckedFile, EMPTY_TALLY, renderCheckedFile, renderSummary, tallyWith } from '../../report/check.js';
import { checkFile } from '../check-file.js';
import { type CheckFlags, makeCheckCommand, readCheckFlags } from '../check-flags.js';
import { CHECK_FORMATS } from '../check-outputs.js';
import { openConfigs } from '../config-finder.js';
import { eachSource } from '../each-source.js';
import { reportFailure } from '../errors.js';
import { EXIT } from '../exit.js';
import { GATHERERS, type Gatherers } from '../gather-evidence.js';
import { openBaseline } from '../known-findings.js';
import { oneAtATime } from '../one-at-a-time.js';
import type { Terminal } from '../terminal.js';
import { writeAtomically } from '../write-atomically.js';

/**
 * Files that are looked at together: one waits for the disk or a worker while the other is parsed. Each more would hold one
 * more header, which has up to 128 MiB, and is no faster on two processors.
 */
const CONCURRENT_FILES = 2;

/** What `check` works with; tests bring their own. */
export interface CheckTools {
  readonly rules: readonly Rule[];
  readonly gatherers: Gatherers;
}

/** `ggufix check`: runs the rules. */
export function checkCommand(terminal: Terminal): Command {
  return makeCheckCommand().action(async (sources: string[], given: unknown) => {
    await check(terminal, sources, readCheckFlags(given));
  });
}

/** Checks files and reports, as the flags say. */
export async function check(
  terminal: Terminal,
  sources: readonly string[],
  flags: CheckFlags,
  { rules, gatherers }: CheckTools = { rules: RULES, gatherers: GATHERERS },
): Promise<void> {
  // What does not exist is a slip on the command line, not a property of the first file.
  const isSelected = ruleSelector(rules, flags);
  if (flags.targets.length > 0) (await import('../../checks/targets.js')).parseTargets(flags.targets);
  const configs = await openConfigs(flags.config);
  const known = await openBaseline(flags.baseline, flags.updateBaseline);
  const { profile, targets, extraNeeds } = flags;
  const chosen = { rules: rules.filter(({ id }) => isSelected(id)), gatherers, profile, targets, extraNeeds };
  const skipped = new Set<string>();
  const request = { terminal, flags, configs, alone: oneAtATime(), skipped, ...chosen };

  const keep: CheckedFile[] = [];
  const isTable = flags.outputs.some(({ format, file }) => format === 'table' && file === undefined);
  const isKept = flags.outputs.length > (isTable ? 1 : 0);
  let tally = EMPTY_TALLY;
  const work = async (source: string): Promise<Finding[]> => await checkFile(source, request);
  for await (const outcome of eachSource(terminal, sources, flags, work, CONCURRENT_FILES)) {
    const { source } = outcome;
    const file = outcome.ok ? checkedFile(source, outcome.value, known.news(source, outcome.value)) : outcome;
    tally = tallyWith(tally, file);
    if (isKept) keep.push(lean(file));
    if (isTable && 'findings' in file && !(flags.quiet && file.findings.length === 0)) {
      terminal.out(renderCheckedFile(source, file.findings, terminal.stdout));
    }
  }
  if (isTable && !flags.quiet) terminal.out(renderSummary(tally, terminal.stdout));
  if (flags.only.length > 0) noteSkipped(terminal, skipped);
  await writeReports(terminal, flags, keep);
  await known.save();
  const isOverLimit = flags.maxWarnings !== undefined && tally.warnings > flags.maxWarnings;
  if (tally.errors > 0 || isOverLimit) terminal.setExit(EXIT.findings);
}

/** Whoever asked for a rule must not take its silence for a pass. */
function noteSkipped(terminal: Terminal, skipped: ReadonlySet<string>): void {
  if (skipped.size === 0) return;
  const rules = [...skipped].join(', ');
  terminal.err(`ggufix: note: not run, since they look at more than the profile does: ${rules}\n`);
}

function checkedFile(source: string, all: readonly Finding[], findings: readonly Finding[]): CheckedFile {
  return { source, findings, accepted: all.length - findings.length };
}

/** A file as reports need it: the edits of fixes are not shown, and may hold on to the bytes of the header. */
function lean(file: CheckedFile): CheckedFile {
  if ('error' in file) return { source: file.source, error: file.error };
  const findings = file.findings.map(({ fix, ...rest }) =>
    fix === undefined ? rest : { ...rest, fix: { ...fix, edits: [] } },
  );
  return { ...file, findings };
}

/** A report that cannot be written stops none of the others. */
async function writeReports(terminal: Terminal, flags: CheckFlags, files: readonly CheckedFile[]): Promise<void> {
  for (const { format, file } of flags.outputs) {
    if (file === undefined && format === 'table') continue;
    try {
      const text = CHECK_FORMATS[format]!(files);
      if (file === undefined) terminal.out(text);
      else await writeAtomically(file, text);
    } catch (error) {
      reportFailure(terminal, error, { ...flags, ...(file === undefined ? {} : { source: file }) });
    }
  }
}
