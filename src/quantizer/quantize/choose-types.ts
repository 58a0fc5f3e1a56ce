import { badOption, GgufError } from '../../errors.js';
import type { Header } from '../../gguf/model.js';
import { nameFilter } from '../../gguf/name-filter.js';
import { quoted } from '../../gguf/printable.js';
import type { TensorTypeName } from '../../gguf/tensor-types.js';
import { BASE_TYPES, parseBaseType, takesOverrides } from '../recipes/base-types.js';
import { cloneRecipe } from '../recipes/clone.js';
import { recipeNameOf } from '../recipes/recipe-name.js';
import { resolveFitted } from '../recipes/resolve-fitted.js';
import type { ResolvedRecipe, TensorChoice } from '../recipes/resolved.js';
import type { Recipe } from '../recipes/schema.js';
import { fittingType } from '../recipes/shape-fallback.js';
import { resolveStock } from '../recipes/stock.js';
import { openModel } from './open-model.js';
import { withReadableEmbedding } from './readable-embedding.js';

/** Where types come from that need no measurement. */
export type TypesFrom =
  /** A file type of llama-quantize. `asIs` takes its mixture whole, also where that gives a known defect. */
  | { readonly kind: 'type'; readonly name: string; readonly asIs: boolean }
  /** A preset, or the path of a recipe file. */
  | { readonly kind: 'recipe'; readonly name: string }
  /** A GGUF file whose types are to be had. */
  | { readonly kind: 'like'; readonly source: string };

/** Types for a model, and what is to be known of them. */
export interface ChosenTypes {
  readonly recipe: ResolvedRecipe;
  readonly notes: readonly string[];
}

/** Chooses a type for every tensor of a model. Throws `bad-option` for names and patterns that mean nothing. */
export async function chooseTypes(
  from: TypesFrom,
  header: Header,
  options: { readonly imatrix: boolean; readonly signal?: AbortSignal | undefined },
): Promise<ChosenTypes> {
  switch (from.kind) {
    case 'type': {
      const type = parseBaseType(from.name);
      if (type === undefined) throw unknown('file type', from.name, Object.keys(BASE_TYPES));
      const stock = resolveStock(type, header, options);
      // In a file of one plain type llama-quantize makes no exceptions.
      if (from.asIs || !takesOverrides(type)) return { recipe: stock, notes: [] };
      const { recipe, note } = withReadableEmbedding(stock);
      return { recipe, notes: note === undefined ? [] : [note] };
    }
    case 'recipe':
      return fitted(await loadRecipe(from.name), header, options);
    case 'like':
      return await chooseLike(from.source, header, options);
  }
}

/** Whoever wants a plain file type does without the readers of recipes, which take as long to load as Node itself. */
async function loadRecipe(name: string): Promise<Recipe> {
  const { findRecipe } = await import('../recipes/find-recipe.js');
  return await findRecipe(name);
}

async function chooseLike(
  source: string,
  header: Header,
  options: { readonly imatrix: boolean; readonly signal?: AbortSignal | undefined },
): Promise<ChosenTypes> {
  await using model = await openModel(source, options.signal);
  const clone = cloneRecipe(model.header, recipeNameOf(source));
  const { recipe, notes } = fitted(clone.recipe, header, options);
  return { recipe, notes: [...clone.notes, ...notes] };
}

/** A recipe that was read off a model is fitted to this one; another must fit as it is. */
function fitted(recipe: Recipe, header: Header, options: { readonly imatrix: boolean }): ChosenTypes {
  const { unmapped, unused, warnings, ...found } = resolveFitted(recipe, header, options);
  const notes = [
    ...unmapped.map((name) => `the recipe has nothing like tensor ${quoted(name)}: the base file type decides`),
    ...unused.map((name) => `the model has nothing like tensor ${quoted(name)} of the recipe`),
    ...warnings,
  ];
  return { recipe: found, notes };
}

interface Pin {
  readonly pattern: string;
  readonly type: TensorTypeName;
}

/**
 * The recipe with other types for tensors whose names match. The last pattern counts. Throws `not-found` for one that
 * matches none, `bad-option` for a file type of which llama-quantize makes all tensors alike.
 */
export function withPins({ recipe, notes }: ChosenTypes, pins: readonly Pin[]): ChosenTypes {
  if (pins.length > 0) refusePinsOfPlain(recipe);
  const patterns = pins.map((pin) => ({ ...pin, isMeant: nameFilter([pin.pattern]) }));
  for (const { pattern, isMeant } of patterns) {
    if (recipe.choices.some(({ tensor }) => isMeant(tensor.name))) continue;
    const message = `no tensor that llama-quantize can change is called ${quoted(pattern)}`;
    throw new GgufError('not-found', message, { kind: 'tensor', name: pattern });
  }
  const pinned = recipe.choices.map((choice): Pinned => {
    const pin = patterns.findLast(({ isMeant }) => isMeant(choice.tensor.name));
    return pin === undefined ? { choice } : pinnedTo(choice, pin);
  });
  const unfit = pinned.flatMap(({ choice: { tensor, type }, unfitFor }) => {
    return unfitFor === undefined ? [] : [`${tensor.name} becomes ${type}, for ${unfitFor} ${UNFIT}`];
  });
  return { recipe: { ...recipe, choices: pinned.map(({ choice }) => choice) }, notes: [...notes, ...unfit] };
}

function refusePinsOfPlain({ fileType }: ResolvedRecipe): void {
  const base = parseBaseType(fileType);
  if (base === undefined || takesOverrides(base)) return;
  throw badOption(`--tensor cannot be had with ${base}: llama-quantize makes all tensors of such a file alike`);
}

const UNFIT = 'does not fit its rows';

interface Pinned {
  readonly choice: TensorChoice;
  /** The pin that wants a type which cannot be had. */
  readonly unfitFor?: string;
}

function pinnedTo({ tensor }: TensorChoice, { pattern, type: wanted }: Pin): Pinned {
  const type = fittingType(wanted, tensor.dims[0] ?? 1n);
  const why = `--tensor ${pattern}=${wanted}`;
  if (type === wanted) return { choice: { tensor, type, why } };
  return { choice: { tensor, type, why: `${why} ${UNFIT}` }, unfitFor: why };
}

function unknown(what: string, name: string, known: readonly string[]): GgufError<'bad-option'> {
  return badOption(`no ${what} is called ${quoted(name)}; known are ${known.join(', ')}`);
}
