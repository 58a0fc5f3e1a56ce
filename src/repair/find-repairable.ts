import { type Finding, type FixChoices, NO_CHOICES, type Rule } from '../checks/check.js';
import { type Evidence, NO_EVIDENCE } from '../checks/evidence.js';
import { RULES } from '../checks/index.js';
import { runChecks } from '../checks/run.js';
import type { Header } from '../gguf/model.js';

/** What a repair looks at, and what its findings are worth. */
export interface RepairScope {
  /** The rules that are checked; all of ggufix's where absent. */
  readonly rules?: readonly Rule[];
  readonly choices?: FixChoices;
  /** What was looked up besides the header. */
  readonly evidence?: Evidence;
  /** The findings as they matter to the user; those that it leaves out are neither fixed nor reported. */
  readonly judge?: (findings: readonly Finding[]) => readonly Finding[];
}

/** What is wrong with a file as far as a repair is concerned. */
export function findRepairable(header: Header, scope: RepairScope): readonly Finding[] {
  const { rules = RULES, choices = NO_CHOICES, evidence = NO_EVIDENCE, judge = (all) => all } = scope;
  return judge(runChecks(header, { rules: rules.filter(isForRepair), choices, evidence }));
}

/** Whether a repair runs a rule: all that the header alone tells, and of the rest what can be fixed. */
export function isForRepair({ needs, fix }: Rule): boolean {
  return needs === 'header' || fix !== undefined;
}
