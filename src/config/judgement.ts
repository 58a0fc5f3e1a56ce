import type { Finding } from '../checks/check.js';
import { levelOf } from '../checks/levels.js';
import type { FileSettings } from './settings.js';

/**
 * What the findings of one file are worth: severities of the config, then its ignores, then targets, where those of the
 * command line (`asked`) count more.
 */
export async function judgement(
  settings: FileSettings,
  asked: readonly string[] = [],
): Promise<(findings: readonly Finding[]) => Finding[]> {
  const names = asked.length > 0 ? asked : (settings.targets ?? []);
  const judge = (findings: readonly Finding[]): Finding[] =>
    findings.map((finding) => withLevel(finding, settings)).filter((finding) => !settings.isIgnored(finding));
  if (names.length === 0) return judge;
  const { judgeFor, parseTargets } = await import('../checks/targets.js');
  const targets = parseTargets(names);
  return (findings) => judge(findings).map((finding) => judgeFor(finding, targets));
}

/** A rule that is off did not run; what is left of it is that another one crashed, which is no matter of taste. */
function withLevel(finding: Finding, { levels }: FileSettings): Finding {
  const level = levelOf(levels, finding.rule);
  return level === undefined || level === 'off' ? finding : { ...finding, severity: level };
}
