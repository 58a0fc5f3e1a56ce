import { GgufError } from '../../errors.js';
import type { Header, TensorInfo } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { blockWeights } from '../../gguf/tensor-types.js';
import { MAX_PATTERN_TRIALS, MAX_TENSOR_NAME_BYTES } from '../../limits.js';
import { BASE_TYPES } from './base-types.js';
import { modelShape } from './model-shape.js';
import { refusePins } from './pins.js';
import { isQuantizable } from './quantizable.js';
import type { ResolvedRecipe, TensorChoice } from './resolved.js';
import { isForModel, isForTensor, type NamedTensor } from './rule-match.js';
import { ruleWarnings } from './rule-warnings.js';
import type { Recipe, RecipeRule } from './schema.js';
import { fittingType } from './shape-fallback.js';
import { type StockOptions, stockTypes } from './stock.js';
import { tensorRole } from './tensor-class.js';
import { applyTies, type Wanted } from './ties.js';

/** A resolved recipe and what is odd about the recipe for this model. */
export interface RecipeResolution extends ResolvedRecipe {
  readonly warnings: readonly string[];
}

/**
 * What a recipe comes to for one model: for each tensor the type of its pin, else of the first rule for it, else what stock
 * llama-quantize gives it; ties then, and rows that do not fit a type at last. Pure. Throws `bad-option` for pins of
 * tensors that the model lacks or whose type llama-quantize never changes, `over-limit` for a name that ggml refuses and
 * for more patterns and tensors than any model and recipe have.
 */
export function resolveRecipe(recipe: Recipe, header: Header, options: StockOptions = {}): RecipeResolution {
  refusePins(recipe, header);
  const shape = modelShape(header);
  const rules = recipe.rules.filter((rule) => isForModel(rule, shape));
  const stock = stockTypes(recipe.fileType, header, options);
  const tensors = header.tensors.filter(isQuantizable).map(named);
  refuseTrials(rules.filter(({ pattern }) => pattern !== undefined).length * tensors.length);
  const deciding = tensors.map((tensor) => rules.find((rule) => isForTensor(rule, tensor, shape)));
  const wanted = tensors.map((tensor, i) => {
    const byStock = {
      type: stock.get(tensor.name) ?? BASE_TYPES[recipe.fileType],
      why: `as in stock ${recipe.fileType}`,
    };
    return wantedFor(tensor, recipe, deciding[i] ?? byStock);
  });
  const used = new Set(deciding.filter((_, i) => wanted[i]?.isPinned === false));
  const unused = recipe.forAnyModel === true ? [] : rules.filter((rule) => !used.has(rule));
  return {
    name: recipe.name,
    fileType: recipe.fileType,
    choices: applyTies(recipe.ties, wanted).map(fit),
    warnings: ruleWarnings(recipe, unused, tensors, shape),
  };
}

/** Refuses names that no model has which loads: they would make patterns slow. */
function named(tensor: TensorInfo): NamedTensor {
  const { name } = tensor;
  const limit = MAX_TENSOR_NAME_BYTES - 1;
  if (name.length <= limit) return { tensor, name, role: tensorRole(name) };
  const details = { at: tensor.offset, what: 'tensor name', value: `${name.length}`, limit };
  const problem = `tensor ${quoted(name)} has a name of ${name.length} characters, expected at most ${limit}`;
  throw new GgufError('over-limit', problem, details);
}

function refuseTrials(trials: number): void {
  if (trials <= MAX_PATTERN_TRIALS) return;
  const what = 'number of patterns times tensors';
  const details = { at: 0, what, value: `${trials}`, limit: MAX_PATTERN_TRIALS };
  throw new GgufError('over-limit', `the ${what} is ${trials}, expected at most ${MAX_PATTERN_TRIALS}`, details);
}

function wantedFor(
  tensor: NamedTensor,
  { pins }: Recipe,
  { type, why }: Pick<RecipeRule, 'type' | 'why'>,
): Wanted & NamedTensor {
  const pin = Object.hasOwn(pins, tensor.name) ? pins[tensor.name] : undefined;
  if (pin === undefined) return { ...tensor, isPinned: false, type, why };
  return { ...tensor, isPinned: true, type: pin.type, why: pin.why ?? 'pinned' };
}

function fit({ tensor, type: wanted, why }: Wanted & NamedTensor): TensorChoice {
  const row = tensor.dims[0] ?? 1n;
  const type = fittingType(wanted, row);
  if (type === wanted) return { tensor, type, why };
  const reason = `${type} because rows of ${row} are no multiple of ${wanted}'s ${blockWeights(wanted)}`;
  return { tensor, type, why: `${why}; ${reason}` };
}
