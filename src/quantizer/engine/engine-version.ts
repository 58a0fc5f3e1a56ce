import { ANSWER_MS, askProgram } from '../process/ask-program.js';
import type { Engine } from './engine.js';
import { engineLog } from './parse-log.js';

/**
 * What an engine says of its version, such as `11669 (Debian)`: it does so before it finds that there is no model. `unknown`
 * where it does not say, as with versions that are too old for a dry run.
 */
export async function askEngineVersion({ program, prefix }: Engine, signal?: AbortSignal): Promise<string> {
  let version = 'unknown';
  const log = engineLog((event) => {
    if (event.kind === 'version') version = event.version;
  });
  const args = [...prefix, '--dry-run', NO_MODEL, 'Q8_0'];
  const answer = await askProgram(program, args, ANSWER_MS, signal);
  log.add(answer);
  return version;
}

/** A path at which nothing can be: a folder of a file. */
const NO_MODEL = '/dev/null/no-model.gguf';
