import type { Finding } from '../../checks/check.js';
import { RULES } from '../../checks/index.js';
import { GgufError } from '../../errors.js';
import { checkFile } from '../../evidence/check-file.js';
import { shardSets } from '../../evidence/shard-sets.js';
import type { StepResult } from '../journal/record.js';
import type { ManifestCheck } from '../manifest/manifest.js';
import type { StepContext } from './context.js';

/** Findings that are kept in the journal; the command `check` shows all. */
const KEPT_FINDINGS = 20;

/** Checks the files of an output. Rejects with `verification-failed` where one has errors, or more warnings than it may. */
export async function checkOutput(
  files: readonly string[],
  { profile, targets, maxWarnings }: ManifestCheck,
  context: StepContext,
): Promise<StepResult> {
  const findings = await findingsOf(files, { profile, targets }, context);
  const [errors, warnings] = [count(findings, 'error'), count(findings, 'warning')];
  const isFailed = errors > 0 || warnings > (maxWarnings ?? Number.POSITIVE_INFINITY);
  if (isFailed) throw refused(files[0] ?? '', findings, errors, warnings);
  const kept = findings.slice(0, KEPT_FINDINGS).map(({ rule, severity, message }) => ({ rule, severity, message }));
  return { check: { verdict: 'pass', errors, warnings, findings: kept } };
}

async function findingsOf(
  files: readonly string[],
  wanted: Pick<ManifestCheck, 'profile' | 'targets'>,
  { tools, threads, signal }: StepContext,
): Promise<Finding[]> {
  const unavailable: GgufError[] = [];
  const request = {
    ...wanted,
    rules: RULES,
    configs: tools.configs,
    // What is known of shards is of those that were there before.
    tools: { ...tools.evidence, shardSets: shardSets() },
    threads,
    signal,
    onNote: () => undefined,
    onUnavailable: (error: GgufError) => unavailable.push(error),
  };
  const findings: Finding[] = [];
  for (const file of files) findings.push(...(await checkFile(file, request)));
  const [missing] = unavailable;
  if (missing !== undefined) throw missing;
  return findings.filter(({ severity }) => severity !== 'info');
}

function count(findings: readonly Finding[], severity: Finding['severity']): number {
  return findings.filter((finding) => finding.severity === severity).length;
}

function refused(file: string, findings: readonly Finding[], errors: number, warnings: number): GgufError {
  const worst = findings.toSorted((a, b) => Number(b.severity === 'error') - Number(a.severity === 'error'));
  const told = worst.slice(0, 3).map(({ rule, message }) => `${rule}: ${message}`);
  const what = `${errors} errors and ${warnings} warnings: ${told.join('; ')}`;
  return new GgufError('verification-failed', `${file} does not pass the check: ${what}`, { path: file, what });
}
