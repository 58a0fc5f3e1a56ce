import type { TensorTypeName } from '../../gguf/tensor-types.js';
import type { PredictedSize } from '../recipes/predict.js';
import type { ResolvedRecipe } from '../recipes/resolved.js';
import type { Recipe } from '../recipes/schema.js';

/** A tensor in a plan. */
export interface PlannedTensor {
  readonly name: string;
  readonly type: TensorTypeName;
  /** In the file, padding included. */
  readonly bytes: number;
  readonly weights: number;
  /** Relative squared error that the type adds to what the tensor computes. */
  readonly error: number;
  /** Divergence in nats for a unit of that error. */
  readonly sensitivity: number;
}

/** Types for all tensors of a model, and what they come to. */
export interface QuantizationPlan {
  readonly resolution: ResolvedRecipe;
  /** The same as a recipe file that explains itself: `recipeText` writes it. */
  readonly recipe: Recipe;
  /** Every quantizable tensor, in file order. */
  readonly tensors: readonly PlannedTensor[];
  readonly size: PredictedSize;
  /** Most bytes that the file may have. */
  readonly budgetBytes: number;
  /** Sum of sensitivity × error: where sensitivity was measured, the mean KL divergence to expect. */
  readonly divergence: number;
  readonly sensitivity: 'expected' | 'measured';
  /** Sentences for people. */
  readonly warnings: readonly string[];
}
