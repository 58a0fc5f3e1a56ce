import type { ChangeResult } from '../../repair/change-result.js';
import type { StepResult } from '../journal/record.js';

/** What a repair did, as a record has it. Warnings that stay are what `check` says. */
export function changesOf({ applied, notes }: ChangeResult): Pick<StepResult, 'changes' | 'notes'> {
  const titles = applied.map(({ rule, title }) => (rule === undefined ? title : `${title} (${rule})`));
  return { changes: titles, ...(notes.length === 0 ? {} : { notes: [...notes] }) };
}
