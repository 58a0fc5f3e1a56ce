/** A source of random 32-bit words that a seed decides wholly. */
export type RandomWords = () => number;

/** Xorshift of 32 bits (Marsaglia 2003): enough to pick rows, tokens and signs, and the same on every machine. */
export function randomWords(seed: number): RandomWords {
  // Neighbouring seeds must not give alike streams, and the state must not be 0.
  let state = (Math.imul(seed | 0, 0x9e3779b1) ^ 0x85ebca6b) | 0 || 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  for (let i = 0; i < WARM_UP; i += 1) next();
  return next;
}

/** Small seeds start with few bits set. */
const WARM_UP = 16;

/** A number from 0 up to 1, without 1. */
export function randomFraction(next: RandomWords): number {
  return next() / 2 ** 32;
}
