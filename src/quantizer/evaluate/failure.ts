import { GgufError } from '../../errors.js';
import { printable } from '../../gguf/printable.js';
import type { ProgramEnd } from '../process/run-program.js';

/** The error for a run of llama-perplexity that gave no result: what it worked on, how it ended and why, as it says. */
export function perplexityFailed(
  program: string,
  task: string,
  end: ProgramEnd,
  missing?: string,
): GgufError<'program-failed'> {
  const how = end.exitCode === null ? `was ended by ${end.signal}` : `ended with exit code ${end.exitCode}`;
  const reasons = reasonsOf(end);
  const words = reasons === '' ? ', and did not say why' : `: ${reasons}`;
  const why = `it ${how}${missing === undefined ? '' : ` ${missing}`}${words}`;
  return new GgufError('program-failed', `llama-perplexity failed ${task}: ${why}`, { program, why });
}

/** The time and the level that stand before each line of the log: `0.00.316.284 E `. */
const PREFIX = /^(?:[\d.]+ )?([A-Z]) /;

/** Most lines of a log that a message repeats. */
const MAX_REASONS = 3;

/**
 * The errors among a program's last words, the log's marks left out. Where there are none, whatever came last before
 * it failed; after a run that did not fail that would be a part of the result.
 */
function reasonsOf({ exitCode, lastWords }: ProgramEnd): string {
  const errors = lastWords.filter((line) => PREFIX.exec(line)?.[1] === 'E' || /\b(?:error|failed|assert)/i.test(line));
  const chosen = errors.length > 0 || exitCode === 0 ? errors : lastWords;
  const texts = chosen.map((line) => printable(line.replace(PREFIX, '').trim()));
  return [...new Set(texts)].slice(-MAX_REASONS).join('; ');
}
