import path from 'node:path';
import { isSameInode } from '../edit/target.js';
import { GgufError } from '../errors.js';

/**
 * Rejects with `not-writable` where a report would take the place of one of the files that it comes from, whatever name
 * that is given by. Of a file that is not there yet only the path counts.
 */
export async function refuseInputs(report: string, inputs: readonly string[]): Promise<void> {
  for (const input of inputs) {
    if (path.resolve(report) !== path.resolve(input) && !(await isSameInode(report, input))) continue;
    const why = `it is ${input}, which it would come from`;
    throw new GgufError('not-writable', `will not write a report over ${report}: ${why}`, { path: report, why });
  }
}
