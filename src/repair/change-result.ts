import type { Finding } from '../checks/check.js';
import type { PlannedChange } from '../edit/change-file.js';
import type { MeasuredConversion } from './measure.js';

/** One thing that was done to a file, or would be. */
export interface AppliedChange {
  /** The rule whose finding it removes; absent for what the user asked for directly. */
  readonly rule?: string;
  readonly title: string;
}

/** `planned` is a dry run; `partly` left errors after fixing some, `failed` after fixing none. */
export type ChangeStatus = 'clean' | 'fixed' | 'planned' | 'partly' | 'failed';

/** What became of one file that was to be changed. */
export interface ChangeResult {
  readonly source: string;
  readonly status: ChangeStatus;
  /** The new file, where the old one was left alone. */
  readonly out?: string;
  /** Absent where nothing was to be written. */
  readonly change?: Pick<PlannedChange, 'plan' | 'bytes'>;
  readonly seconds: number;
  readonly applied: readonly AppliedChange[];
  readonly conversions: readonly MeasuredConversion[];
  /** Errors and warnings that are still there. */
  readonly remaining: readonly Finding[];
  /** Why there was nothing to do, or what the user should know. */
  readonly notes: readonly string[];
}
