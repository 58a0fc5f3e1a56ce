import type { ModelShape } from './model-shape.js';
import { isForTensor, type NamedTensor } from './rule-match.js';
import type { Recipe, RecipeRule } from './schema.js';

/** Why some rules of a recipe decide about no tensor of a model, one sentence each. */
export function ruleWarnings(
  { rules }: Recipe,
  unused: readonly RecipeRule[],
  tensors: readonly NamedTensor[],
  shape: ModelShape,
): string[] {
  return unused.map((rule) => {
    const title = ruleTitle(rule, rules.indexOf(rule));
    return tensors.some((tensor) => isForTensor(rule, tensor, shape))
      ? `${title} decides nothing: pins and rules before it take all its tensors`
      : `${title} matches no tensor that llama-quantize quantizes`;
  });
}

/** `rule 3 (attn_k, attn_v in kv-shared)`. */
function ruleTitle({ tensors, pattern, layers }: RecipeRule, index: number): string {
  const places = layers?.map((position) => (typeof position === 'object' ? JSON.stringify(position) : `${position}`));
  const where = places === undefined ? '' : ` in ${places.join(', ')}`;
  return `rule ${index + 1} (${tensors?.join(', ') ?? pattern}${where})`;
}
