// From 16 byte-sized codes to 16 floats.

/** Writes scale * code for 16 signed codes. */
@inline
export function storeScaled(out: usize, codes: v128, scale: v128): void {
  const low = i16x8.extend_low_i8x16_s(codes);
  const high = i16x8.extend_high_i8x16_s(codes);
  v128.store(out, f32x4.mul(scale, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(low))), 0);
  v128.store(out, f32x4.mul(scale, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(low))), 16);
  v128.store(out, f32x4.mul(scale, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(high))), 32);
  v128.store(out, f32x4.mul(scale, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(high))), 48);
}

/** Writes scale * code + offset for 16 codes below 128. */
@inline
export function storeAffine(out: usize, codes: v128, scale: v128, offset: v128): void {
  const low = i16x8.extend_low_i8x16_s(codes);
  const high = i16x8.extend_high_i8x16_s(codes);
  v128.store(out, affine(i32x4.extend_low_i16x8_s(low), scale, offset), 0);
  v128.store(out, affine(i32x4.extend_high_i16x8_s(low), scale, offset), 16);
  v128.store(out, affine(i32x4.extend_low_i16x8_s(high), scale, offset), 32);
  v128.store(out, affine(i32x4.extend_high_i16x8_s(high), scale, offset), 48);
}

@inline
function affine(codes: v128, scale: v128, offset: v128): v128 {
  return f32x4.add(f32x4.mul(scale, f32x4.convert_i32x4_s(codes)), offset);
}

/** The low nibble of each byte. */
@inline
export function lowNibbles(bytes: v128): v128 {
  return v128.and(bytes, i8x16.splat(15));
}

/** The high nibble of each byte. */
@inline
export function highNibbles(bytes: v128): v128 {
  return v128.and(i16x8.shr_u(bytes, 4), i8x16.splat(15));
}

/** Bytes that are `value` where bit i of the 16 `bits` is set, byte i, else 0. */
@inline
export function spreadBits(bits: u32, value: i8): v128 {
  const selector = i8x16(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128);
  const pairs = i16x8.splat(<i16>bits);
  const spread = v128.shuffle<u8>(pairs, pairs, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
  return v128.and(i8x16.eq(v128.and(spread, selector), selector), i8x16.splat(value));
}

/** Two nibbles a byte: `low` below 16 or cut to it, `high` above. */
@inline
export function joinNibbles(low: v128, high: v128): v128 {
  return v128.or(lowNibbles(low), v128.and(i16x8.shl(high, 4), i8x16.splat(-16)));
}

/** Bit 4 of each of 16 codes, as 16 bits. */
@inline
export function fifthBits(codes: v128): u32 {
  return i8x16.bitmask(i16x8.shl(codes, 3));
}
