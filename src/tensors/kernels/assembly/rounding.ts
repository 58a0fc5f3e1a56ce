// From floats to byte-sized codes. Adding 1.5 * 2^23 to a whole number leaves the number in the low bits of the sum,
// which is cheaper than the conversion that WebAssembly offers: that one also handles what cannot occur here.
// The constants come as parameters: see constants.ts.

/** 16 signed codes: the floats at `x` times `scale`, rounded as C's roundf does, with halves away from zero. */
@inline
export function roundedCodes(x: usize, scale: v128, sign: v128, almostHalf: v128, magic: v128): v128 {
  return i8x16.narrow_i16x8_s(
    i16x8.narrow_i32x4_s(
      rounded(v128.load(x, 0), scale, sign, almostHalf, magic),
      rounded(v128.load(x, 16), scale, sign, almostHalf, magic),
    ),
    i16x8.narrow_i32x4_s(
      rounded(v128.load(x, 32), scale, sign, almostHalf, magic),
      rounded(v128.load(x, 48), scale, sign, almostHalf, magic),
    ),
  );
}

// Adding the largest float below a half and truncating rounds halves away from zero, and nothing else up.
@inline
function rounded(x: v128, scale: v128, sign: v128, almostHalf: v128, magic: v128): v128 {
  const product = f32x4.mul(x, scale);
  return wholeToInt(f32x4.add(product, v128.or(v128.and(product, sign), almostHalf)), magic);
}

/** 16 unsigned codes: x * scale + offset, cut to whole numbers. */
@inline
export function shiftedCodes(x: usize, scale: v128, offset: v128, magic: v128): v128 {
  return i8x16.narrow_i16x8_u(
    i16x8.narrow_i32x4_s(
      shifted(v128.load(x, 0), scale, offset, magic),
      shifted(v128.load(x, 16), scale, offset, magic),
    ),
    i16x8.narrow_i32x4_s(
      shifted(v128.load(x, 32), scale, offset, magic),
      shifted(v128.load(x, 48), scale, offset, magic),
    ),
  );
}

@inline
function shifted(x: v128, scale: v128, offset: v128, magic: v128): v128 {
  return wholeToInt(f32x4.add(f32x4.mul(x, scale), offset), magic);
}

/** 16 unsigned codes: (x - min) * scale + half, cut to whole numbers. */
@inline
export function rangeCodes(x: usize, min: v128, scale: v128, half: v128, magic: v128): v128 {
  return i8x16.narrow_i16x8_u(
    i16x8.narrow_i32x4_s(
      shifted(f32x4.sub(v128.load(x, 0), min), scale, half, magic),
      shifted(f32x4.sub(v128.load(x, 16), min), scale, half, magic),
    ),
    i16x8.narrow_i32x4_s(
      shifted(f32x4.sub(v128.load(x, 32), min), scale, half, magic),
      shifted(f32x4.sub(v128.load(x, 48), min), scale, half, magic),
    ),
  );
}

@inline
function wholeToInt(x: v128, magic: v128): v128 {
  return i32x4.sub(f32x4.add(f32x4.trunc(x), magic), magic);
}
