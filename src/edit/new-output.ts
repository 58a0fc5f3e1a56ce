import path from 'node:path';
import { GgufError } from '../errors.js';
import { isSameInode, requireNewFile } from './target.js';

/**
 * Rejects with `not-writable` if `file` cannot become a new one, or is, by whatever name, one of the `inputs` that it is
 * made of: that also with `force`.
 */
export async function requireNewOutput(file: string, inputs: readonly string[], force: boolean): Promise<void> {
  for (const input of inputs) {
    if (!(await isSameInode(file, input))) continue;
    const why =
      path.resolve(input) === path.resolve(file)
        ? 'it is what the result is made of'
        : `it is ${input}, of which it is made`;
    throw new GgufError('not-writable', `will not write ${file}: ${why}`, { path: file, why });
  }
  await requireNewFile(file, force);
}
