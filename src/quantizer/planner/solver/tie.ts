import { badOption } from '../../../errors.js';
import type { Item, Offer } from './item.js';

/**
 * One item of several that must get the same type: the types that all of them can have, with bytes and cost added up. Throws
 * `bad-option` where they have none in common.
 */
export function tieItems(items: readonly Item[]): Item {
  const [first, ...others] = items;
  if (first === undefined) throw new Error('nothing to tie');
  const offers = first.offers.flatMap((offer): Offer[] => {
    const same = others.map((other) => other.offers.find(({ type }) => type === offer.type));
    if (same.includes(undefined)) return [];
    return [same.reduce<Offer>((sum, each) => addOffers(sum, each), offer)];
  });
  const name = items.map((item) => item.name).join(' + ');
  if (offers.length > 0) return { name, offers };
  throw badOption(`${name} are tied, but no type suits them all`);
}

function addOffers(a: Offer, b: Offer | undefined): Offer {
  return { type: a.type, bytes: a.bytes + (b?.bytes ?? 0), cost: a.cost + (b?.cost ?? 0) };
}
