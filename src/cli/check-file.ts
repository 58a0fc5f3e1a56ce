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
import { judgement } from './judge-findings.js';
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
  const judge = await judgement(settings, request.targets);
  return judge(runChecks(header, { rules, evidence }));
}

function rulesFor({ rules, profile, extraNeeds, skipped }: CheckRequest, settings: FileSettings): readonly Rule[] {
  const needs = [...PROFILES[profile ?? settings.profile ?? 'default'], ...extraNeeds];
  const wanted = rules.filter(({ id }) => levelOf(settings.levels, id) !== 'off');
  const within = rulesWithin(wanted, needs);
  for (const rule of wanted) if (!within.includes(rule)) skipped.add(rule.id);
  return within;
}
