import type { Finding, Fix, Safety } from '../checks/check.js';
import type { Edit } from '../edit/edits.js';

/** A finding whose fix is to be applied. */
export type Fixable = Finding & { readonly fix: Fix };

/** The least cautious kind of fix that is applied. */
export type Allowed = 'none' | 'safe' | 'unsafe';

/** Most cautious first. */
const SAFETY_ORDER: readonly Safety[] = ['safe', 'unsafe', 'manual'];

/**
 * The fixes that one pass applies, in the order of the findings: at least as safe as `allowed`, `manual` never. Of two
 * that touch the same key or tensor the later one waits for the next pass, when it may no longer be needed.
 */
export function pickFixes(findings: readonly Finding[], allowed: Allowed): Fixable[] {
  if (allowed === 'none') return [];
  const picked: Fixable[] = [];
  const taken = new Set<string>();
  for (const finding of findings) {
    if (!isFixable(finding) || !isAllowed(finding.fix, allowed)) continue;
    const targets = finding.fix.edits.flatMap(targetsOf);
    if (targets.some((target) => taken.has(target))) continue;
    for (const target of targets) taken.add(target);
    picked.push(finding);
  }
  return picked;
}

function isFixable(finding: Finding): finding is Fixable {
  return finding.fix !== undefined && finding.fix.edits.length > 0;
}

function isAllowed({ safety }: Fix, allowed: Safety): boolean {
  return SAFETY_ORDER.indexOf(safety) <= SAFETY_ORDER.indexOf(allowed);
}

/** What an edit touches. Keys and tensors may have the same names. */
function targetsOf(edit: Edit): string[] {
  switch (edit.op) {
    case 'retype-tensor':
      return [`tensor ${edit.name}`];
    case 'repack':
      return ['places'];
    case 'rename-metadata':
      return [`key ${edit.key}`, `key ${edit.to}`];
    default:
      return [`key ${edit.key}`];
  }
}
