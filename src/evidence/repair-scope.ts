import { RULES } from '../checks/index.js';
import { levelOf } from '../checks/levels.js';
import { PROFILES, rulesWithin } from '../checks/profiles.js';
import { type RuleSelection, ruleSelector } from '../checks/select.js';
import { judgement } from '../config/judgement.js';
import type { ConfigFinder } from '../config/open-configs.js';
import type { Header } from '../gguf/model.js';
import { isForRepair, type RepairScope } from '../repair/find-repairable.js';
import type { FileSource } from '../sources/file.js';
import type { EvidenceContext } from './context.js';
import { GATHERERS, gatherEvidence } from './gather.js';
import type { EvidenceTools } from './tools.js';

/** Which rules a repair is for, and what is needed to look at files. */
export interface ScopeRequest extends EvidenceContext, RuleSelection {
  readonly configs: ConfigFinder;
  readonly tools: EvidenceTools;
}

/** What a repair looks at in a file, as its config says. Rejects with `bad-option` for unknown rules. */
export async function repairScope(file: FileSource, header: Header, request: ScopeRequest): Promise<RepairScope> {
  const isSelected = ruleSelector(RULES, request);
  const settings = await request.configs.settingsOf(file.path);
  // A rule that is off says nothing, save that another one crashed, which is no matter of taste.
  const isOn = (id: string): boolean => id.startsWith('internal/') || levelOf(settings.levels, id) !== 'off';
  const wanted = RULES.filter((rule) => isForRepair(rule) && isSelected(rule.id) && isOn(rule.id));
  const rules = rulesWithin(wanted, PROFILES[settings.profile ?? 'default']);
  const evidence = await gatherEvidence({ ...request, file, header }, rules, GATHERERS);
  const judge = await judgement(settings);
  return { evidence, judge: (findings) => judge(findings).filter(({ rule }) => isOn(rule)) };
}
