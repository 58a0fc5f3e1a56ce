import type { Finding, Fix } from '../checks/check.js';

/** Whom a finding hurts, a line each; none where it hurts everybody. */
export function whomItHurts({ affects, unaffectedTargets }: Finding): string[] {
  return [
    ...(affects.length === 0 ? [] : [`affects ${affects.join(', ')}`]),
    ...(unaffectedTargets === undefined ? [] : [`affects no target: ${unaffectedTargets.join(', ')}`]),
  ];
}

/** What would remove a finding, and how safe that is. */
export function fixLine({ safety, title }: Fix): string {
  return `fix (${safety}): ${title}`;
}

/** All that is said of a finding beside its message and its place. */
export function findingDetails(finding: Finding): string[] {
  return [...whomItHurts(finding), ...(finding.fix === undefined ? [] : [fixLine(finding.fix)])];
}
