import { GgufError } from '../../errors.js';
import type { Source } from '../../sources/source.js';

/** The error of a file that llama-quantize does not take as an importance matrix; `at` is a byte offset. */
export function imatrixFault({ uri }: Pick<Source, 'uri'>, at: number, problem: string): GgufError {
  const message = `${uri} is no usable importance matrix: ${problem}`;
  return new GgufError('header-unreadable', message, { at, problem });
}
