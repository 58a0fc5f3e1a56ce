import type { Finding } from '../checks/check.js';
import { RULES } from '../checks/index.js';
import { ruleSelector } from '../checks/select.js';
import { GgufError } from '../errors.js';
import { readHeader } from '../gguf/parse.js';
import { openFile } from '../sources/file.js';
import { findRepairable } from './find-repairable.js';
import type { RepairOptions, RepairPlan } from './plan.js';

/**
 * Opens a repaired file anew and runs the rules on it, as the next user will. Rejects with `verification-failed` if a
 * defect is there that the plan said would be gone.
 */
export async function recheck(path: string, repair: RepairPlan, options: RepairOptions): Promise<Finding[]> {
  await using source = await openFile(path);
  const isSelected = ruleSelector(options.rules ?? RULES, options);
  const findings = findRepairable(await readHeader(source), options).filter(({ rule }) => isSelected(rule));
  const expected = new Set(repair.remaining.map(({ rule }) => rule));
  const again = findings.find(({ rule }) => !expected.has(rule) && repair.applied.some((fix) => fix.rule === rule));
  if (again !== undefined) {
    const what = `${again.rule} is still there`;
    throw new GgufError('verification-failed', `${path}: ${what}: ${again.message}`, { path, what });
  }
  return findings.filter(({ severity }) => severity !== 'info');
}
