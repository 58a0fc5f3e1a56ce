import { describeProblem } from '../gguf/describe-problem.js';
import type { Header } from '../gguf/model.js';
import { readHeader, requireComplete } from '../gguf/parse.js';
import type { FileSource } from '../sources/file.js';

/** The header of a file that is to be changed. Rejects with `header-unreadable` where it could not be read to its end. */
export async function readWholeHeader(source: FileSource, signal: AbortSignal): Promise<Header> {
  return requireComplete(await readHeader(source, signal), describeProblem);
}
