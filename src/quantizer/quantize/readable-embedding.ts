import { autoTarget, PER_LAYER_EMBEDDING, READABLE_TYPES } from '../../checks/requantize-embedding.js';
import type { ResolvedRecipe } from '../recipes/resolved.js';

/**
 * The recipe with the table of per-layer embeddings in a type that every engine reads. llama-quantize's own mixtures give
 * it types (Q6_K, Q5_K) that Ollama cannot look rows up in. It stands outside of the counters of a mixture, so no other
 * tensor changes.
 */
export function withReadableEmbedding(recipe: ResolvedRecipe): ResolvedRecipe {
  const choices = recipe.choices.map((choice) => {
    const { tensor, type, why } = choice;
    const target = autoTarget(type);
    if (tensor.name !== PER_LAYER_EMBEDDING || READABLE_TYPES.includes(type) || target === undefined) return choice;
    return { tensor, type: target, why: `${why}; ${target} because Ollama's engine cannot read ${type} here` };
  });
  return { ...recipe, choices };
}
