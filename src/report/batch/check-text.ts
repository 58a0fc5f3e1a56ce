import type { OutputResult } from '../../batch/results/results.js';
import { formatAmount } from '../format.js';

/** What a check came to: `pass`, `pass, 2 warnings`, `fail, 1 error`. */
export function checkText({ verdict, errors, warnings }: NonNullable<OutputResult['check']>): string {
  const counts = [
    errors > 0 ? formatAmount(errors, 'error') : '',
    warnings > 0 ? formatAmount(warnings, 'warning') : '',
  ];
  return [verdict, ...counts.filter((count) => count !== '')].join(', ');
}
