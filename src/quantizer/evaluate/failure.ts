import type { GgufError } from '../../errors.js';
import type { ProgramEnd } from '../process/run-program.js';
import { toolFailed } from '../process/tool-failed.js';

/**
 * The error for a run of llama-perplexity that gave no result: what it worked on, how it ended and why, as it says.
 * `missing` names the result where the exit code alone says that all was well.
 */
export function perplexityFailed(
  program: string,
  task: string,
  end: ProgramEnd,
  missing?: string,
): GgufError<'engine-failed'> {
  return toolFailed({ name: 'llama-perplexity', program }, task, end, missing);
}
