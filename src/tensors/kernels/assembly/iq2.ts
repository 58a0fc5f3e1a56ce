// IQ2_XXS, IQ2_XS and IQ2_S: the layouts are in ../iq2.ts.

import { decodeBlocks } from './decode-blocks';
import { evenSigns, storeSigned, twoPoints } from './grid-points';
import { IQ2_S_GRID, IQ2_XS_GRID, IQ2_XXS_GRID } from './grids';

const XXS_BYTES: usize = 66;
const XS_BYTES: usize = 74;
const S_BYTES: usize = 82;

export function decodeIQ2_XXS(source: usize, weights: usize, out: usize): i32 {
  return decodeBlocks<BlockIQ2_XXS>(source, weights, out, XXS_BYTES, 0);
}

@unmanaged
class BlockIQ2_XXS {
  @inline
  decode(source: usize, d: f32, out: usize): usize {
    for (let j: usize = 0; j < 8; j++, out += 128) {
      const indices = load<u32>(source + j * 8, 2);
      const packed = load<u32>(source + j * 8, 6);
      const scale = f32x4.splat(scaled(d, packed >> 28));
      storeSigned(out, points(IQ2_XXS_GRID, indices & 255, (indices >> 8) & 255), evenSigns(packed), scale);
      storeSigned(out + 64, points(IQ2_XXS_GRID, (indices >> 16) & 255, indices >> 24), evenSigns(packed >> 14), scale);
    }
    return out;
  }
}

export function decodeIQ2_XS(source: usize, weights: usize, out: usize): i32 {
  return decodeBlocks<BlockIQ2_XS>(source, weights, out, XS_BYTES, 0);
}

@unmanaged
class BlockIQ2_XS {
  @inline
  decode(source: usize, d: f32, out: usize): usize {
    for (let j: usize = 0; j < 16; j++, out += 64) {
      const pair = load<u32>(source + j * 4, 2);
      const signs = evenSigns(((pair >> 9) & 127) | ((pair >> 25) << 7));
      const scale = f32x4.splat(scaled(d, nibble(source + 66, j)));
      storeSigned(out, points(IQ2_XS_GRID, pair & 511, (pair >> 16) & 511), signs, scale);
    }
    return out;
  }
}

export function decodeIQ2_S(source: usize, weights: usize, out: usize): i32 {
  return decodeBlocks<BlockIQ2_S>(source, weights, out, S_BYTES, 0);
}

@unmanaged
class BlockIQ2_S {
  @inline
  decode(source: usize, d: f32, out: usize): usize {
    for (let j: usize = 0; j < 16; j++, out += 64) {
      const low: u32 = load<u16>(source + j * 2, 2);
      const high = nibble(source + 66, j);
      const pair = points(IQ2_S_GRID, (low & 255) | ((high & 3) << 8), (low >> 8) | ((high >> 2) << 8));
      storeSigned(out, pair, load<u16>(source + j * 2, 34), f32x4.splat(scaled(d, nibble(source + 74, j))));
    }
    return out;
  }
}

@inline
function points(grid: usize, first: u32, second: u32): v128 {
  return twoPoints(grid + (first << 3), grid + (second << 3));
}

@inline
function scaled(d: f32, scale: u32): f32 {
  return d * (<f32>scale + 0.5) * 0.25;
}

@inline
function nibble(at: usize, j: usize): u32 {
  return (<u32>load<u8>(at + (j >> 1)) >> (<u32>(j & 1) << 2)) & 15;
}
