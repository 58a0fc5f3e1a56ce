import { GgufError } from '../../errors.js';
import type { Header, TensorInfo } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { blockWeights } from '../../gguf/tensor-types.js';
import { MAX_TENSOR_NAME_BYTES } from '../../limits.js';
import { BASE_TYPES } from './base-types.js';
import { type ModelShape, modelShape } from './model-shape.js';
import { isQuantizable } from './quantizable.js';
import type { ResolvedRecipe, TensorChoice } from './resolved.js';
import { isForModel, isForTensor, ruleTitle } from './rule-match.js';
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
 * tensors that the model lacks or whose type llama-quantize never changes, `over-limit` for a name that ggml refuses.
 */
export function resolveRecipe(recipe: Recipe, header: Header, options: StockOptions = {}): RecipeResolution {
  refusePins(recipe, header);
  const shape = modelShape(header);
  const rules = recipe.rules.map((rule, index) => ({ rule, index })).filter(({ rule }) => isForModel(rule, shape));
  const stock = stockTypes(recipe.fileType, header, options);
  const used = new Set<number>();
  const wanted = header.tensors.filter(isQuantizable).map((tensor): Wanted & { readonly tensor: TensorInfo } => {
    const { name } = nameChecked(tensor);
    const role = tensorRole(name);
    const base = { tensor, name, role, isPinned: false };
    const pin = Object.hasOwn(recipe.pins, name) ? recipe.pins[name] : undefined;
    if (pin !== undefined) return { ...base, isPinned: true, type: pin.type, why: pin.why ?? 'pinned' };
    const first = rules.find(({ rule }) => isForTensor(rule, name, role, shape));
    if (first !== undefined) used.add(first.index);
    const { type, why } = first?.rule ?? {
      type: stock.get(name) ?? BASE_TYPES[recipe.fileType],
      why: `as in stock ${recipe.fileType}`,
    };
    return { ...base, type, why };
  });
  const choices = applyTies(recipe.ties, wanted).map(fit);
  const unused = recipe.forAnyModel === true ? [] : rules.filter(({ index }) => !used.has(index));
  const warnings = unused.map(({ rule, index }) => whyUnused(rule, index, header, shape));
  return { name: recipe.name, fileType: recipe.fileType, choices, warnings };
}

function refusePins({ pins }: Recipe, { tensors }: Header): void {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const problems = Object.keys(pins).flatMap((name) => {
    const tensor = byName.get(name);
    if (tensor === undefined) return [`pin ${quoted(name)}: the model has no such tensor`];
    return isQuantizable(tensor) ? [] : [`pin ${quoted(name)}: llama-quantize never changes the type of this tensor`];
  });
  if (problems.length > 0) throw new GgufError('bad-option', problems.slice(0, MAX_SHOWN).join('\n'), { problems });
}

/** A recipe for another model has hundreds of wrong pins. */
const MAX_SHOWN = 20;

/** Longer names would make patterns slow, and no model with them loads. */
function nameChecked(tensor: TensorInfo): TensorInfo {
  const { length } = tensor.name;
  if (length < MAX_TENSOR_NAME_BYTES) return tensor;
  const limit = MAX_TENSOR_NAME_BYTES - 1;
  const details = { at: tensor.offset, what: 'tensor name', value: `${length}`, limit };
  throw new GgufError(
    'over-limit',
    `tensor ${quoted(tensor.name)} has a name of ${length} characters, expected at most ${limit}`,
    details,
  );
}

function fit({ tensor, type: wanted, why }: Wanted & { readonly tensor: TensorInfo }): TensorChoice {
  const row = tensor.dims[0] ?? 1n;
  const type = fittingType(wanted, row);
  if (type === wanted) return { tensor, type, why };
  return {
    tensor,
    type,
    why: `${why}; ${type} because rows of ${row} are no multiple of ${wanted}'s ${blockWeights(wanted)}`,
  };
}

function whyUnused(rule: RecipeRule, index: number, header: Header, shape: ModelShape): string {
  const isShadowed = header.tensors.some(
    (tensor) => isQuantizable(tensor) && isForTensor(rule, tensor.name, tensorRole(tensor.name), shape),
  );
  const title = ruleTitle(rule, index);
  return isShadowed
    ? `${title} decides nothing: pins and rules before it take all its tensors`
    : `${title} matches no tensor that llama-quantize quantizes`;
}
