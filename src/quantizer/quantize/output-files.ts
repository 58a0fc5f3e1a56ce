import path from 'node:path';
import { isSameInode, requireNewFile } from '../../edit/target.js';
import { GgufError } from '../../errors.js';
import { shardName } from '../../sources/shard-name.js';

/** Paths of a result of `shards` files: the file itself, or its shards in order. */
export function outputFiles(out: string, shards: number): readonly string[] {
  if (shards === 1) return [out];
  const prefix = out.replace(/\.gguf$/, '');
  return Array.from({ length: shards }, (_, index) => shardName(prefix, index + 1, shards));
}

/**
 * Rejects with `not-writable` where a file cannot become a new one, or is, by whatever name, one of the `inputs` that it
 * is made of.
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
