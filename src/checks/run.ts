import { isGgufError } from '../errors.js';
import type { Header } from '../gguf/model.js';
import { MAX_FINDINGS_PER_RULE } from '../limits.js';
import { type CheckContext, type Finding, type FixChoices, type Found, NO_CHOICES, type Rule } from './check.js';
import { type Evidence, hasEvidence, NO_EVIDENCE } from './evidence.js';
import { RULES } from './index.js';
import { checkCrashed } from './internal/check-crashed.js';
import { tooManyFindings } from './internal/too-many-findings.js';
import { type RuleSelection, ruleSelector } from './select.js';
import { WHOLE_FILE } from './whole-file.js';

/** Which rules run, and what the user chose for their fixes. */
export interface CheckOptions extends RuleSelection {
  readonly choices?: FixChoices;
  /** What was looked up besides the header; rules that need more do not run. */
  readonly evidence?: Evidence;
  /** The rules to choose from; all of ggufix's where absent. */
  readonly rules?: readonly Rule[];
}

/** One word for a whole file. */
export type Verdict = 'pass' | 'fail';

/**
 * What the rules find wrong with a file, in file order, then by rule. Reads nothing but what it is given.
 * Throws only where the options are at fault: an unknown rule, or choices for fixes that cannot be honoured.
 */
export function runChecks(header: Header, options: CheckOptions = {}): Finding[] {
  const { choices = NO_CHOICES, evidence = NO_EVIDENCE, rules = RULES } = options;
  const isSelected = ruleSelector(rules, options);
  const context: CheckContext = { header, evidence, choices };
  return rules
    .filter(({ id, needs }) => isSelected(id) && hasEvidence(evidence, needs))
    .flatMap((rule) => findingsOf(rule, context))
    .sort(byPlaceThenRule);
}

/** `fail` if there is an error among the findings. */
export function verdictOf(findings: readonly Finding[]): Verdict {
  return findings.some(({ severity }) => severity === 'error') ? 'fail' : 'pass';
}

/** What one rule finds. Its crash is a finding too, whatever was selected, so that the other rules still run. */
function findingsOf(rule: Rule, context: CheckContext): Finding[] {
  const findings: Finding[] = [];
  try {
    for (const found of rule.find(context)) {
      if (findings.length === MAX_FINDINGS_PER_RULE) return [...withFixes(rule, findings, context), surplusOf(rule)];
      findings.push(worded(rule, found));
    }
  } catch (error) {
    return [...findings, crashOf(rule, error)];
  }
  return withFixes(rule, findings, context);
}

function withFixes(rule: Rule, findings: readonly Finding[], context: CheckContext): Finding[] {
  return findings.flatMap((finding) => withFix(rule, finding, context));
}

function worded(rule: Rule, { place, data, severity = rule.severity }: Found<unknown>): Finding {
  const affects = rule.affectsOf?.(data) ?? rule.affects;
  return { rule: rule.id, severity, message: rule.describe(data), place, data, affects };
}

/** A `GgufError` of `fix` is about the user's choices and stops the run; anything else is a crash of the rule. */
function withFix(rule: Rule, finding: Finding, context: CheckContext): Finding[] {
  try {
    const fix = rule.fix?.(finding.data, context);
    return [fix === undefined ? finding : { ...finding, fix }];
  } catch (error) {
    if (isGgufError(error)) throw error;
    return [finding, crashOf(rule, error)];
  }
}

function crashOf({ id: rule }: Rule, error: unknown): Finding {
  const data = { rule, error: error instanceof Error ? error.message : String(error) };
  return worded(checkCrashed, { place: WHOLE_FILE, data });
}

function surplusOf({ id: rule }: Rule): Finding {
  return worded(tooManyFindings, { place: WHOLE_FILE, data: { rule, limit: MAX_FINDINGS_PER_RULE } });
}

function byPlaceThenRule(a: Finding, b: Finding): number {
  return (
    a.place.offset - b.place.offset ||
    a.place.length - b.place.length ||
    compareText(a.rule, b.rule) ||
    compareText(a.message, b.message)
  );
}

/** By code unit: the order must not depend on the computer's language. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
