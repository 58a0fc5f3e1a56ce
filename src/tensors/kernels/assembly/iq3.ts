// IQ3_XXS and IQ3_S: the layouts are in ../iq3.ts.

import { decodeBlocks } from './decode-blocks';
import { evenSigns, fourPoints, storeSigned } from './grid-points';
import { IQ3_S_GRID, IQ3_XXS_GRID } from './grids';

const XXS_BYTES: usize = 98;
const S_BYTES: usize = 110;

export function decodeIQ3_XXS(source: usize, weights: usize, out: usize): i32 {
  return decodeBlocks<BlockIQ3_XXS>(source, weights, out, XXS_BYTES, 0);
}

@unmanaged
class BlockIQ3_XXS {
  @inline
  decode(source: usize, d: f32, out: usize): usize {
    for (let j: usize = 0; j < 8; j++, out += 128) {
      const packed = load<u32>(source + j * 4, 66);
      const scale = f32x4.splat(d * (<f32>(packed >> 28) + 0.5) * 0.5);
      const indices = source + j * 8;
      storeSigned(out, fourPoints(IQ3_XXS_GRID, load<u32>(indices, 2), 0), evenSigns(packed), scale);
      storeSigned(out + 64, fourPoints(IQ3_XXS_GRID, load<u32>(indices, 6), 0), evenSigns(packed >> 14), scale);
    }
    return out;
  }
}

export function decodeIQ3_S(source: usize, weights: usize, out: usize): i32 {
  return decodeBlocks<BlockIQ3_S>(source, weights, out, S_BYTES, 0);
}

@unmanaged
class BlockIQ3_S {
  @inline
  decode(source: usize, d: f32, out: usize): usize {
    const scales = load<u32>(source, 106);
    for (let j: usize = 0; j < 8; j++, out += 128) {
      const scale = f32x4.splat(d * <f32>(((scales >> (<u32>j << 2)) & 15) << 1 | 1));
      const indices = source + j * 8;
      const ninths: u32 = load<u8>(source + j, 66);
      const signs = load<u32>(source + j * 4, 74);
      storeSigned(out, fourPoints(IQ3_S_GRID, load<u32>(indices, 2), ninths), signs & 0xffff, scale);
      storeSigned(out + 64, fourPoints(IQ3_S_GRID, load<u32>(indices, 6), ninths >> 4), signs >> 16, scale);
    }
    return out;
  }
}
