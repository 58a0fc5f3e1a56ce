import type { TensorTypeName } from '../../gguf/tensor-types.js';
import type { ResolvedRecipe } from './resolved.js';

/** A tensor whose type llama-quantize sees otherwise than the recipe. */
interface Deviation {
  readonly name: string;
  readonly expected: TensorTypeName;
  /** `undefined` where the dry run does not name the tensor, or a type that we do not know. */
  readonly found: TensorTypeName | undefined;
}

/** Where a dry run and a resolved recipe differ. Empty means that what is asked for is what comes out. */
export function compareDryRun(
  { choices }: Pick<ResolvedRecipe, 'choices'>,
  found: ReadonlyMap<string, TensorTypeName>,
): Deviation[] {
  return choices
    .map(({ tensor: { name }, type }) => ({ name, expected: type, found: found.get(name) }))
    .filter(({ expected, found: type }) => type !== expected);
}
