// Scales and minima of Q4_K and Q5_K: the layout is in ../k-scales.ts.

import { storeScaled } from './unpack';

/** Where `loadScales` puts the eight products of a block, and after them nothing of use. */
export const SCALES = memory.data(64, 16);
export const OFFSETS = memory.data(64, 16);

/** Unpacks the 12 bytes at `at`: d times each of eight scales goes to SCALES, -dmin times each minimum to OFFSETS. */
@inline
export function loadScales(at: usize, d: f32, dmin: f32): void {
  const scales = load<u32>(at);
  const mins = load<u32>(at, 4);
  const low = load<u32>(at, 8);
  const codes = i32x4(
    scales & 0x3f3f3f3f,
    (low & 0x0f0f0f0f) | ((scales >> 2) & 0x30303030),
    mins & 0x3f3f3f3f,
    ((low >> 4) & 0x0f0f0f0f) | ((mins >> 2) & 0x30303030),
  );
  storeScaled(SCALES, codes, f32x4.splat(d));
  storeScaled(OFFSETS, v128.shuffle<u64>(codes, codes, 1, 0), f32x4.splat(-dmin));
}
