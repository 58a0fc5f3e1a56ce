import { autoTarget, PER_LAYER_EMBEDDING, READABLE_TYPES } from '../../checks/requantize-embedding.js';
import type { ResolvedRecipe, TensorChoice } from '../recipes/resolved.js';
import { fittingType } from '../recipes/shape-fallback.js';

/** A recipe, and what was changed in it, as a sentence. */
export interface ReadableRecipe {
  readonly recipe: ResolvedRecipe;
  readonly note?: string;
}

/**
 * The recipe with the table of per-layer embeddings in a type that every engine reads. llama-quantize's own mixtures give
 * it types (Q6_K, Q5_K) that Ollama cannot look rows up in. It stands outside of the counters of a mixture, so no other
 * tensor changes.
 */
export function withReadableEmbedding(recipe: ResolvedRecipe): ReadableRecipe {
  const present = recipe.choices.find(({ tensor }) => tensor.name === PER_LAYER_EMBEDDING);
  const readable = present === undefined ? undefined : readableChoice(present);
  if (present === undefined || readable === undefined) return { recipe };
  const choices = recipe.choices.map((choice) => (choice === present ? readable : choice));
  const note = `${PER_LAYER_EMBEDDING} becomes ${readable.type} and not ${present.type}, which Ollama's engine cannot read there; --as-is, or asIs in a manifest, keeps it`;
  return { recipe: { ...recipe, choices }, note };
}

function readableChoice({ tensor, type, why }: TensorChoice): TensorChoice | undefined {
  const target = READABLE_TYPES.includes(type) ? undefined : autoTarget(type);
  if (target === undefined) return undefined;
  const fitting = fittingType(target, tensor.dims[0] ?? 1n);
  return { tensor, type: fitting, why: `${why}; ${fitting} because Ollama's engine cannot read ${type} here` };
}
