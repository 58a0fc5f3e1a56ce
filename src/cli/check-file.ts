import type { Finding, Rule } from '../checks/check.js';
import type { Need } from '../checks/evidence.js';
import { levelOf } from '../checks/levels.js';
import { PROFILES, type ProfileName, rulesWithin } from '../checks/profiles.js';
import { runChecks } from '../checks/run.js';
import type { FileSettings } from '../config/settings.js';
import { readHeader } from '../gguf/parse.js';
import { openFile } from '../sources/file.js';
import type { ConfigFinder } from './config-finder.js';
import type { ShardSets } from './evidence/shard-sets.js';
import type { SharedFlags } from './flags.js';
import { type Gatherers, gatherEvidence } from './gather-evidence.js';
import type { LazyPool } from './lazy-pool.js';
import type { LazySandbox } from './lazy-sandbox.js';
import { noteJournal } from './note-journal.js';
import type { OneAtATime } from './one-at-a-time.js';
import type { Terminal } from './terminal.js';

/** What is asked of every file of a run. */
export interface CheckRequest {
  readonly terminal: Terminal;
  readonly flags: SharedFlags;
  /** The rules to choose from. */
  readonly rules: readonly Rule[];
  readonly gatherers: Gatherers;
  readonly configs: ConfigFinder;
  /** From the command line, which counts more than the config. */
  readonly profile: ProfileName | undefined;
  readonly targets: readonly string[];
  /** What is looked at besides what the profile says. */
  readonly extraNeeds: readonly Need[];
  readonly alone: OneAtATime;
  readonly pool: LazyPool;
  readonly sandbox: LazySandbox;
  readonly shardSets: ShardSets;
  /** Collects the ids of rules that need more than a profile looks at. */
  readonly skipped: Set<string>;
}

/** Checks one file as its config and the command line say. */
export async function checkFile(source: string, request: CheckRequest): Promise<Finding[]> {
  const { terminal, gatherers, configs } = request;
  await using file = await openFile(source);
  await noteJournal(terminal, source);
  const settings = await configs.settingsOf(source);
  const header = await readHeader(file, terminal.signal);
  const policy = settings.policy === undefined ? {} : { policy: settings.policy };
  const rules = rulesFor(request, settings);
  const evidence = await gatherEvidence({ ...request, file, header, ...policy }, rules, gatherers);
  await file.assertUnchanged();
  const findings = runChecks(header, { rules, evidence });
  return await judge(findings, settings, request.targets);
}

function rulesFor({ rules, profile, extraNeeds, skipped }: CheckRequest, settings: FileSettings): readonly Rule[] {
  const needs = [...PROFILES[profile ?? settings.profile ?? 'default'], ...extraNeeds];
  const wanted = rules.filter(({ id }) => levelOf(settings.levels, id) !== 'off');
  const within = rulesWithin(wanted, needs);
  for (const rule of wanted) if (!within.includes(rule)) skipped.add(rule.id);
  return within;
}

/** The findings as they matter here: severities of the config, then ignores, then targets. */
async function judge(
  findings: readonly Finding[],
  settings: FileSettings,
  asked: readonly string[],
): Promise<Finding[]> {
  const judged = findings
    .map((finding) => withLevel(finding, settings))
    .filter((finding) => !settings.isIgnored(finding));
  const targets = asked.length > 0 ? asked : (settings.targets ?? []);
  if (targets.length === 0) return judged;
  const { judgeFor, parseTargets } = await import('../checks/targets.js');
  const parsed = parseTargets(targets);
  return judged.map((finding) => judgeFor(finding, parsed));
}

/** A rule that is off did not run; what is left of it is that another one crashed, which is no matter of taste. */
function withLevel(finding: Finding, { levels }: FileSettings): Finding {
  const level = levelOf(levels, finding.rule);
  return level === undefined || level === 'off' ? finding : { ...finding, severity: level };
}
