import { parseTensorType, type TensorTypeName } from '../../gguf/tensor-types.js';
import type { ResolvedRecipe } from './resolved.js';

/** A tensor whose type llama-quantize sees otherwise than the recipe. */
export interface Deviation {
  readonly name: string;
  readonly expected: TensorTypeName;
  /** `undefined` where the dry run does not name the tensor, or a type that we do not know. */
  readonly found: TensorTypeName | undefined;
}

/** The type that each tensor will have, by name, from what `llama-quantize --dry-run` prints on stderr. */
export function parseDryRun(log: string): ReadonlyMap<string, TensorTypeName> {
  const types = new Map<string, TensorTypeName>();
  for (const line of log.split('\n')) {
    if (!line.startsWith('[') || line.length > MAX_LINE) continue;
    const [, name, from, to = from] = TENSOR_LINE.exec(line) ?? [];
    const type = to === undefined ? undefined : parseTensorType(to);
    if (name !== undefined && type !== undefined) types.set(name, type);
  }
  return types;
}

/**
 * `[ 1/ 147] output.weight - [ 256, 512, 1, 1], type = f16, size = 0.25 MiB -> 0.10 MiB (q6_K)`; without the arrow where
 * the tensor stays as it is. Names are padded to 36 characters.
 */
const TENSOR_LINE =
  /^\[ *\d+\/ *\d+\] (.*?) +- \[[\d, ]+\], type = +(\w+), size = +[\d.]+ MiB(?: -> +[\d.]+ MiB \((\w+)\))?$/;

/** Names have 63 bytes at most, and the rest of a line is short. */
const MAX_LINE = 400;

/** Where a dry run and a resolved recipe differ. Empty means that what is asked for is what comes out. */
export function compareDryRun(
  { choices }: Pick<ResolvedRecipe, 'choices'>,
  found: ReadonlyMap<string, TensorTypeName>,
): Deviation[] {
  return choices
    .map(({ tensor: { name }, type }) => ({ name, expected: type, found: found.get(name) }))
    .filter(({ expected, found: type }) => type !== expected);
}
