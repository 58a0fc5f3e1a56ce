import type { Command } from 'commander';
import type { Finding, Rule } from '../../checks/check.js';
import { RULES } from '../../checks/index.js';
import { ruleSelector } from '../../checks/select.js';
import { openConfigs } from '../../config/open-configs.js';
import { type CheckRequest, checkFile } from '../../evidence/check-file.js';
import { GATHERERS, type Gatherers } from '../../evidence/gather.js';
import { evidenceTools } from '../../evidence/tools.js';
import type { CheckedFile } from '../../report/check.js';
import { expandSets } from '../../sources/expand.js';
import { type CheckFlags, makeCheckCommand, readCheckFlags } from '../check-flags.js';
import { requireCheckPlaces } from '../check-places.js';
import { startReport } from '../check-report.js';
import { eachSource } from '../each-source.js';
import { evidenceContext } from '../evidence-context.js';
import { EXIT } from '../exit.js';
import { type KnownFindings, openBaseline } from '../known-findings.js';
import type { Terminal } from '../terminal.js';

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
  await requireCheckPlaces(sources, flags);
  const known = await openBaseline(flags.baseline, flags.updateBaseline);
  const { profile, targets, extraNeeds } = flags;
  const skipped = new Set<string>();
  await using tools = evidenceTools({ threads: flags.threads });
  const request: CheckRequest = {
    ...evidenceContext(terminal, flags),
    ...{ rules: rules.filter(({ id }) => isSelected(id)), gatherers, profile, targets, extraNeeds, configs, tools },
    onSkipped: (rule) => skipped.add(rule),
  };

  const report = startReport(terminal, flags);
  const work = async (source: string): Promise<Finding[]> => await checkFile(source, request);
  const each = { concurrency: CONCURRENT_FILES, expand: expandSets };
  for await (const outcome of eachSource(terminal, sources, flags, work, each)) {
    report.add(outcome.ok ? checkedFile(outcome.source, outcome.value, known) : outcome);
  }
  // What is said of the baseline in the report must be true.
  await known.save();
  const tally = await report.end();
  if (flags.only.length > 0) noteSkipped(terminal, skipped);
  const isOverLimit = flags.maxWarnings !== undefined && tally.warnings > flags.maxWarnings;
  if (tally.errors > 0 || isOverLimit) terminal.setExit(EXIT.findings);
}

function checkedFile(source: string, all: readonly Finding[], known: KnownFindings): CheckedFile {
  const findings = known.news(source, all);
  return { source, findings, accepted: all.length - findings.length };
}

/** Whoever asked for a rule must not take its silence for a pass. */
function noteSkipped(terminal: Terminal, skipped: ReadonlySet<string>): void {
  if (skipped.size === 0) return;
  const rules = [...skipped].join(', ');
  terminal.err(`ggufix: note: not run, since they look at more than the profile does: ${rules}\n`);
}
