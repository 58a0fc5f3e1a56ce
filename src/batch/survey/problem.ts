import { isGgufError } from '../../errors.js';
import type { Problem } from '../plan/job.js';

/** An error as data. What is none of ours is a fault of the program, and goes on as it is. */
export function problemOf(error: unknown): Problem {
  if (!isGgufError(error) || error.code === 'aborted') throw error;
  return { code: error.code, message: error.message };
}
