import { requireNewOutput } from '../../edit/new-output.js';
import { newShardPaths } from '../../sources/shard-name.js';
import { sidecarPath } from './sidecar.js';

/** Paths of a result of `shards` files: the file itself, or its shards in order. */
export function outputFiles(out: string, shards: number): readonly string[] {
  return shards === 1 ? [out] : newShardPaths(out, shards);
}

/** What a result is called, and what must not be lost by it. */
export interface OutputPlan {
  readonly out: string;
  /** Number of files that it is written into. */
  readonly shards: number;
  /** Whether a recipe stands beside it. */
  readonly sidecar: boolean;
  /** Files that it is made of. */
  readonly inputs: readonly string[];
  /** Replace what is there. */
  readonly force: boolean;
}

/**
 * Rejects with `not-writable` where one of the files of a result cannot become a new one, or is, by whatever name, one of
 * those that it is made of. Resolves to all of them, shards before the recipe.
 */
export async function requireNewOutputs(plan: OutputPlan): Promise<readonly string[]> {
  const { out, shards, sidecar, inputs, force } = plan;
  const files = [...outputFiles(out, shards), ...(sidecar ? [sidecarPath(out)] : [])];
  for (const file of files) await requireNewOutput(file, inputs, force);
  return files;
}
