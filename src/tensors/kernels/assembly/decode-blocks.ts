// The loop over the blocks of a type. What reads one block is a method, and its class a type parameter, since the
// compiler inlines methods and not functions that are passed. The classes are never made: `this` is a null pointer
// that no method touches. That a method returns the next place keeps `out` one variable, without which IQ2_S is a fifth
// slower.

import { halfToFloat, isSpecial } from './half';

/** How a block with one scale, `d`, is read. Returns where the weights of the next block go. */
export interface ScaledBlock {
  decode(source: usize, d: f32, out: usize): usize;
}

/** How a block with a scale and a minimum, `m`, is read; what to do with that is the type's affair. */
export interface OffsetBlock {
  decode(source: usize, d: f32, m: f32, out: usize): usize;
}

/** Reads whole blocks of `bytes` bytes with a half at `scaleAt`. Returns 1 if a scale is infinite or NaN, else 0. */
@inline
export function decodeBlocks<T extends ScaledBlock>(
  source: usize, weights: usize, out: usize, bytes: usize, scaleAt: usize,
): i32 {
  let special = 0;
  for (let end = out + weights * 4; out < end; source += bytes) {
    const half: u32 = load<u16>(source + scaleAt);
    special |= isSpecial(half);
    out = changetype<T>(0).decode(source, halfToFloat(half), out);
  }
  return special;
}

/** The same for blocks with two halves at `scaleAt`: the scale, then the minimum. */
@inline
export function decodeOffsetBlocks<T extends OffsetBlock>(
  source: usize, weights: usize, out: usize, bytes: usize, scaleAt: usize,
): i32 {
  let special = 0;
  for (let end = out + weights * 4; out < end; source += bytes) {
    const scale: u32 = load<u16>(source + scaleAt);
    const min: u32 = load<u16>(source + scaleAt, 2);
    special |= isSpecial(scale) | isSpecial(min);
    out = changetype<T>(0).decode(source, halfToFloat(scale), halfToFloat(min), out);
  }
  return special;
}
