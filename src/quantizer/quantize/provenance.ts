import { createHash } from 'node:crypto';
import type { KeyOverride } from '../engine/engine-arguments.js';
import { cutText } from '../engine/override-text.js';
import type { ResolvedRecipe } from '../recipes/resolved.js';

/** Key of the source's hash. It is known only when the engine has long begun to write, so its place is kept by zeros. */
export const SOURCE_HASH_KEY = 'ggufix.source.sha256';

/**
 * The keys that say where a quant comes from. The engine and its version are not among them: engines that write the
 * same weights write the same file, and the sidecar names the one that did.
 */
export function provenanceKeys(recipe: ResolvedRecipe, version: string): readonly KeyOverride[] {
  return signature(recipe.name, recipeHash(recipe), version);
}

/** Keys as long as those of a recipe of this name that is not known yet. */
export function provenanceRoom(name: string, version: string): readonly KeyOverride[] {
  return signature(name, '0'.repeat(64), version);
}

/** What a version of ggufix calls itself in its results. */
export function quantizedBy(version: string): string {
  return `ggufix ${version}`;
}

function signature(name: string, hash: string, version: string): readonly KeyOverride[] {
  const text = (key: string, value: string): KeyOverride => ({ key, type: 'str', value });
  return [
    text('general.quantized_by', quantizedBy(version)),
    text('ggufix.recipe.name', cutText(name)),
    text('ggufix.recipe.sha256', hash),
    text(SOURCE_HASH_KEY, '0'.repeat(64)),
  ];
}

/** SHA-256 of what a recipe comes to: the file type, then `NAME=TYPE` for each tensor in order, a line each. */
export function recipeHash({ fileType, choices }: ResolvedRecipe): string {
  const lines = [fileType, ...choices.map(({ tensor, type }) => `${tensor.name}=${type}`)];
  return createHash('sha256')
    .update(`${lines.join('\n')}\n`)
    .digest('hex');
}
