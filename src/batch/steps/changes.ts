import type { ChangeResult } from '../../repair/change-result.js';
import type { StepResult } from '../journal/record.js';

/** What a repair did, as a record has it. Warnings that stay are what `check` says. */
export function changesOf({ applied, notes }: ChangeResult): Pick<StepResult, 'changes' | 'notes'> {
  return { changes: titlesOf(applied), ...(notes.length === 0 ? {} : { notes: [...notes] }) };
}

/** One line for each repair. */
export function titlesOf(applied: ChangeResult['applied']): string[] {
  return applied.map(({ rule, title }) => (rule === undefined ? title : `${title} (${rule})`));
}
