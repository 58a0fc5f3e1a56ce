import { GgufError } from '../errors.js';
import type { Rule } from './check.js';

/** Which rules count: ids (`container/magic`), areas (`container`) or all of an area (`container/*`). */
export interface RuleSelection {
  /** If not empty, only these. */
  readonly only?: readonly string[];
  /** Never these, whatever `only` says. */
  readonly ignore?: readonly string[];
}

/** A test for rule ids. Throws `bad-option` where the selection names something that no rule answers to. */
export function ruleSelector(rules: readonly Rule[], selection: RuleSelection): (id: string) => boolean {
  const { only = [], ignore = [] } = selection;
  refuseUnknown(rules, [...only, ...ignore]);
  return (id) => (only.length === 0 || matchesAny(only, id)) && !matchesAny(ignore, id);
}

function refuseUnknown(rules: readonly Rule[], patterns: readonly string[]): void {
  const unknown = patterns.filter((pattern) => !rules.some(({ id }) => matchesRule(pattern, id)));
  if (unknown.length === 0) return;
  const problems = unknown.map((pattern) => `no rule or area is called '${pattern}'`);
  throw new GgufError('bad-option', problems.join('; '), { problems });
}

function matchesAny(patterns: readonly string[], id: string): boolean {
  return patterns.some((pattern) => matchesRule(pattern, id));
}

/** Whether a rule answers to a pattern: its id, its area, or all of its area. */
export function matchesRule(pattern: string, id: string): boolean {
  return id === pattern || id.startsWith(`${pattern.replace(/\/\*$/, '')}/`);
}
