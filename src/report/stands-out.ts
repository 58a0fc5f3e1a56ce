import { runChecks } from '../checks/run.js';
import type { Header } from '../gguf/model.js';

/** What a reader should notice about a file, one sentence each, in file order: what the rules find. */
export function standsOut(header: Header): string[] {
  return runChecks(header).map(({ message }) => message);
}
