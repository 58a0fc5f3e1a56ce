import type { Finding, Rule } from '../checks/check.js';
import type { Need } from '../checks/evidence.js';
import { levelOf } from '../checks/levels.js';
import { PROFILES, type ProfileName, rulesWithin } from '../checks/profiles.js';
import { runChecks } from '../checks/run.js';
import { judgement } from '../config/judgement.js';
import type { ConfigFinder } from '../config/open-configs.js';
import type { FileSettings } from '../config/settings.js';
import { journalNote } from '../edit/find-journal.js';
import { readHeader } from '../gguf/parse.js';
import { openFile } from '../sources/file.js';
import type { EvidenceContext } from './context.js';
import { GATHERERS, type Gatherers, gatherEvidence } from './gather.js';
import type { EvidenceTools } from './tools.js';

/** What is asked of every file of a run. */
export interface CheckRequest extends EvidenceContext {
  /** The rules to choose from. */
  readonly rules: readonly Rule[];
  readonly configs: ConfigFinder;
  readonly tools: EvidenceTools;
  /** Counts more than the config's. */
  readonly profile?: ProfileName | undefined;
  /** If not empty, they count more than the config's. */
  readonly targets?: readonly string[];
  /** What is looked at besides what the profile says. */
  readonly extraNeeds?: readonly Need[];
  /** Who looks what up; tests bring their own. */
  readonly gatherers?: Gatherers;
  /** Told the id of each rule that needs more than the profile looks at. */
  readonly onSkipped?: (rule: string) => void;
}

/** Checks one file as its config and the request say. Resolves to findings of every severity. */
export async function checkFile(path: string, request: CheckRequest): Promise<Finding[]> {
  const { configs, gatherers = GATHERERS, onNote, signal, targets } = request;
  await using file = await openFile(path);
  const note = await journalNote(path);
  if (note !== undefined) onNote(note);
  const settings = await configs.settingsOf(path);
  const header = await readHeader(file, signal);
  const policy = settings.policy === undefined ? {} : { policy: settings.policy };
  const rules = rulesFor(request, settings);
  const evidence = await gatherEvidence({ ...request, file, header, ...policy }, rules, gatherers);
  await file.assertUnchanged();
  const judge = await judgement(settings, targets);
  return judge(runChecks(header, { rules, evidence }));
}

function rulesFor(
  { rules, profile, extraNeeds = [], onSkipped }: CheckRequest,
  settings: FileSettings,
): readonly Rule[] {
  const needs = [...PROFILES[profile ?? settings.profile ?? 'default'], ...extraNeeds];
  const wanted = rules.filter(({ id }) => levelOf(settings.levels, id) !== 'off');
  const within = rulesWithin(wanted, needs);
  for (const rule of wanted) if (!within.includes(rule)) onSkipped?.(rule.id);
  return within;
}
