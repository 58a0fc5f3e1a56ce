import { alignUp, tensorBytes } from '../../gguf/layout.js';
import type { TensorInfo } from '../../gguf/model.js';
import type { TensorTypeName } from '../../gguf/tensor-types.js';
import { DEFAULT_ALIGNMENT } from '../../limits.js';
import type { Recipe } from '../recipes/schema.js';
import { tensorRole } from '../recipes/tensor-class.js';
import type { PlannedCandidates } from './gather-errors.js';
import type { Item, Offer } from './solver/item.js';
import { tieItems } from './solver/tie.js';

/** What gets one type, and the tensors that this is. */
export interface PlannedItem extends Item {
  readonly tensors: readonly TensorInfo[];
}

/** The cost of a type for a tensor, `undefined` where it cannot serve. */
export type CostOf = (tensor: TensorInfo, type: TensorTypeName) => number | undefined;

/** One item for each tensor, or for those of a layer that a tie gives one type. Throws `bad-option` for impossible ties. */
export function planItems(
  candidates: readonly PlannedCandidates[],
  ties: Recipe['ties'],
  costOf: CostOf,
): readonly PlannedItem[] {
  const groups = new Map<string, PlannedItem[]>();
  for (const { tensor, types } of candidates) {
    const offers = types.flatMap((type) => offerOf(tensor, type, costOf));
    const key = tieOf(tensor.name, ties) ?? tensor.name;
    groups.set(key, [...(groups.get(key) ?? []), { name: tensor.name, offers, tensors: [tensor] }]);
  }
  return [...groups.values()].map((items) => ({
    ...(items.length === 1 && items[0] !== undefined ? items[0] : tieItems(items)),
    tensors: items.flatMap(({ tensors }) => tensors),
  }));
}

function offerOf(tensor: TensorInfo, type: TensorTypeName, costOf: CostOf): Offer[] {
  const cost = costOf(tensor, type);
  if (cost === undefined) return [];
  return [{ type, bytes: storedBytes(tensor, type), cost }];
}

/** Bytes of a tensor in a file, padding included. */
export function storedBytes({ dims }: TensorInfo, type: TensorTypeName): number {
  return alignUp(Number(tensorBytes(type, dims) ?? 0n), DEFAULT_ALIGNMENT);
}

/** What the tensors of a tie and layer have in common; the first tie with the class counts. */
function tieOf(name: string, ties: Recipe['ties']): string | undefined {
  const { class: kind, layer } = tensorRole(name);
  const tie = ties.findIndex((classes) => classes.includes(kind));
  return tie < 0 ? undefined : `tie ${tie} of layer ${layer ?? '-'}`;
}
