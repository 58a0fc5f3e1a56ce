import { RULES } from '../checks/index.js';
import { levelOf } from '../checks/levels.js';
import { PROFILES, rulesWithin } from '../checks/profiles.js';
import { type RuleSelection, ruleSelector } from '../checks/select.js';
import type { Header } from '../gguf/model.js';
import { isForRepair, type RepairScope } from '../repair/find-repairable.js';
import type { FileSource } from '../sources/file.js';
import { type ConfigChoice, openConfigs } from './config-finder.js';
import { evidenceTools } from './evidence-tools.js';
import type { SharedFlags } from './flags.js';
import { GATHERERS, gatherEvidence } from './gather-evidence.js';
import { judgement } from './judge-findings.js';
import type { Terminal } from './terminal.js';

/** What a repair looks at in each file of a run, as its config says. */
export interface RepairScopes extends AsyncDisposable {
  scopeOf(file: FileSource, header: Header): Promise<RepairScope>;
}

/** Reads the config that was named; those beside the files are read with them. Throws `bad-option` for unknown rules. */
export async function openRepairScopes(
  terminal: Terminal,
  flags: SharedFlags & RuleSelection & { readonly config: ConfigChoice },
): Promise<RepairScopes> {
  const isSelected = ruleSelector(RULES, flags);
  const configs = await openConfigs(flags.config);
  const tools = evidenceTools(flags);
  return {
    async scopeOf(file, header) {
      const settings = await configs.settingsOf(file.path);
      // A rule that is off says nothing, save that another one crashed, which is no matter of taste.
      const isOn = (id: string): boolean => id.startsWith('internal/') || levelOf(settings.levels, id) !== 'off';
      const wanted = RULES.filter((rule) => isForRepair(rule) && isSelected(rule.id) && isOn(rule.id));
      const rules = rulesWithin(wanted, PROFILES[settings.profile ?? 'default']);
      const evidence = await gatherEvidence({ ...tools, file, header, terminal, flags }, rules, GATHERERS);
      const judge = await judgement(settings);
      return { evidence, judge: (findings) => judge(findings).filter(({ rule }) => isOn(rule)) };
    },
    [Symbol.asyncDispose]: async () => await tools[Symbol.asyncDispose](),
  };
}
