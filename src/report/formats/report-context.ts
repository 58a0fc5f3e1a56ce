import type { Rule } from '../../checks/check.js';

/** What a report says besides the findings. */
export interface ReportContext {
  /** Version of ggufix. */
  readonly version: string;
  /** All rules, for what they say of themselves. */
  readonly rules: readonly Rule[];
}
