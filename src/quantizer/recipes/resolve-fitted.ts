import type { Header } from '../../gguf/model.js';
import { applyLike } from './like.js';
import { type RecipeResolution, resolveRecipe } from './resolve.js';
import type { Recipe } from './schema.js';
import type { StockOptions } from './stock.js';

/** What a recipe comes to for a model, and where a clone of another model leaves gaps. */
export interface FittedResolution extends RecipeResolution {
  /** Tensors of the model that the clone says nothing of. */
  readonly unmapped: readonly string[];
  /** Pins of the clone that have no like in the model. */
  readonly unused: readonly string[];
}

/** Resolves a recipe; one that was read off a model is fitted to this one first. Throws as `applyLike` and `resolveRecipe`. */
export function resolveFitted(recipe: Recipe, header: Header, options: StockOptions = {}): FittedResolution {
  const isClone = recipe.source !== undefined;
  const {
    recipe: fitted,
    unmapped,
    unused,
  } = isClone ? applyLike(recipe, header) : { recipe, unmapped: [], unused: [] };
  return { ...resolveRecipe(fitted, header, options), unmapped, unused };
}
