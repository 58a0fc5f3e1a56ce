import { isGgufError } from '../../errors.js';
import type { Problem } from '../plan/job.js';

/** What went wrong, also where the system or the program itself is at fault. */
export function problemOf(error: unknown): Problem {
  if (isGgufError(error)) return { code: error.code, message: error.message };
  if (!(error instanceof Error)) return { code: 'internal', message: String(error) };
  const code = 'code' in error && typeof error.code === 'string' && 'syscall' in error ? error.code : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT') return { code: 'no-space', message: error.message };
  return { code: code === undefined ? 'internal' : 'system', message: error.message };
}
