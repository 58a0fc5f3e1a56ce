import { GgufError } from '../../errors.js';
import { printable } from '../../gguf/printable.js';
import type { LlamaTool } from './llama-tool.js';
import type { ProgramEnd } from './run-program.js';

/**
 * The error for a run of a llama.cpp program that did not do its task: how it ended and why, as it says. `missing` names
 * what is not there where the exit code alone says that all was well.
 */
export function toolFailed(
  { name, program }: Pick<LlamaTool, 'name' | 'program'>,
  task: string,
  end: ProgramEnd,
  missing?: string,
): GgufError<'engine-failed'> {
  const how = end.exitCode === null ? `${end.signal}` : `exit code ${end.exitCode}`;
  const ended = missing === undefined ? how : `${how}, ${missing}`;
  const lastWords = reasonsOf(end);
  const said = lastWords.length === 0 ? '' : `: ${lastWords.join('; ')}`;
  return new GgufError('engine-failed', `${name} failed ${task} (${ended})${said}`, {
    engine: program,
    how: ended,
    lastWords,
  });
}

/** The time and the level that stand before each line of the log: `0.00.316.284 E `. */
const PREFIX = /^(?:[\d.]+ )?([A-Z]) /;

/** Most lines of a log that a message repeats. */
const MAX_REASONS = 3;

/** The errors among a program's last words, the log's marks left out; where there are none, what came last before it failed. */
function reasonsOf({ exitCode, lastWords }: ProgramEnd): string[] {
  const errors = lastWords.filter((line) => PREFIX.exec(line)?.[1] === 'E' || /\b(?:error|failed|assert)/i.test(line));
  const chosen = errors.length > 0 || exitCode === 0 ? errors : lastWords;
  const texts = chosen.map((line) => printable(line.replace(PREFIX, '').trim()));
  return [...new Set(texts)].slice(-MAX_REASONS);
}
