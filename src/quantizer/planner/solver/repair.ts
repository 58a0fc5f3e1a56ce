import type { Item, Offer } from './item.js';

/**
 * Spends the bytes that a choice leaves of the budget: as long as one can be found, the change that saves most, of one item
 * or of two of which the one makes room for the other. Looks at all offers, not only at those on the hull.
 */
export function repair(items: readonly Item[], start: readonly Offer[], budget: number): readonly Offer[] {
  const chosen = [...start];
  let room = budget - chosen.reduce((sum, { bytes }) => sum + bytes, 0);
  for (let change = 0; change < MAX_CHANGES; change += 1) {
    const moves = movesOf(items, chosen);
    const best = bestSingle(moves, room) ?? bestPair(moves, room);
    if (best === undefined) break;
    for (const { item, to } of best) {
      room -= to.bytes - (chosen[item]?.bytes ?? 0);
      chosen[item] = to;
    }
  }
  return chosen;
}

/** Far more than ever were needed: after the Lagrangian only the last step of some items is open. */
const MAX_CHANGES = 4096;

/** Another offer for an item. */
interface Move {
  readonly item: number;
  readonly to: Offer;
  /** Bytes more and cost less than now; either may be negative. */
  readonly bytes: number;
  readonly saved: number;
}

function movesOf(items: readonly Item[], chosen: readonly Offer[]): Move[] {
  return items.flatMap(({ offers }, item) => {
    const now = chosen[item];
    if (now === undefined) return [];
    return offers
      .filter((to) => to !== now)
      .map((to) => ({ item, to, bytes: to.bytes - now.bytes, saved: now.cost - to.cost }));
  });
}

function bestSingle(moves: readonly Move[], room: number): readonly Move[] | undefined {
  let best: Move | undefined;
  for (const move of moves) {
    const isBetter = move.saved > 0 || (move.saved === 0 && move.bytes < 0);
    if (isBetter && move.bytes <= room && (best === undefined || move.saved > best.saved)) best = move;
  }
  return best === undefined ? undefined : [best];
}

/**
 * The two changes that together save most. Only the moves that save most and those that lose least for a byte are tried with
 * each other: trying all would take the square of some ten thousands.
 */
function bestPair(moves: readonly Move[], room: number): readonly Move[] | undefined {
  const gains = topBy(moves, ({ saved, bytes }) => (saved > 0 && bytes > 0 ? saved : 0));
  const givers = topBy(moves, ({ saved, bytes }) => (bytes < 0 ? -bytes / Math.max(-saved, Number.MIN_VALUE) : 0));
  let best: readonly Move[] | undefined;
  let most = 0;
  for (const up of gains) {
    for (const down of givers) {
      const saved = up.saved + down.saved;
      if (up.item === down.item || up.bytes + down.bytes > room || saved <= most + LEAST_GAIN * Math.abs(up.saved))
        continue;
      most = saved;
      best = [up, down];
    }
  }
  return best;
}

const TRIED = 128;

/** Sums of floats must not make two moves look better in both directions. */
const LEAST_GAIN = 1e-9;

function topBy(moves: readonly Move[], worth: (move: Move) => number): readonly Move[] {
  return moves
    .map((move) => ({ move, worth: worth(move) }))
    .filter((each) => each.worth > 0)
    .sort((a, b) => b.worth - a.worth)
    .slice(0, TRIED)
    .map(({ move }) => move);
}
