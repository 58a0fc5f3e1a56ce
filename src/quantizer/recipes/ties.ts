import { badOption } from '../../errors.js';
import { quoted } from '../../gguf/printable.js';
import { bitsPerWeight, type TensorTypeName } from '../../gguf/tensor-types.js';
import type { Recipe } from './schema.js';
import type { TensorRole } from './tensor-class.js';

/** The type that a pin, a rule or the base wants for a tensor. */
export interface Wanted {
  readonly name: string;
  readonly role: TensorRole;
  readonly type: TensorTypeName;
  readonly why: string;
  readonly isPinned: boolean;
}

/**
 * Gives the tensors of each tie and layer one type: that of a pin, else the one with the most bits. Throws `bad-option`
 * where two pins contradict each other.
 */
export function applyTies<W extends Wanted>(ties: Recipe['ties'], wanted: readonly W[]): readonly W[] {
  let result = wanted;
  for (const classes of ties) {
    const leaders = new Map<number | undefined, W>();
    for (const each of result) {
      const leader = leaders.get(each.role.layer);
      if (classes.includes(each.role.class))
        leaders.set(each.role.layer, leader === undefined ? each : lead(leader, each));
    }
    result = result.map((each) =>
      classes.includes(each.role.class) ? follow(each, leaders.get(each.role.layer)) : each,
    );
  }
  return result;
}

function lead<W extends Wanted>(a: W, b: W): W {
  if (a.isPinned && b.isPinned && a.type !== b.type) {
    throw badOption(
      `${quoted(a.name)} is pinned to ${a.type} and ${quoted(b.name)} to ${b.type}, but the recipe ties them`,
    );
  }
  if (a.isPinned !== b.isPinned) return a.isPinned ? a : b;
  return bitsPerWeight(b.type) > bitsPerWeight(a.type) ? b : a;
}

function follow<W extends Wanted>(each: W, leader: W | undefined): W {
  if (leader === undefined || leader.type === each.type) return each;
  return { ...each, type: leader.type, why: `tied to ${leader.name}: ${leader.why}` };
}
