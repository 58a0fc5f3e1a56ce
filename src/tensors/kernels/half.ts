const FLOAT = new Float32Array(1);
const BITS = new Uint32Array(FLOAT.buffer);

/** From here up a magnitude rounds to infinity: halfway between 65504, the largest half, and 65536. */
const HALF_OVERFLOW = 65520;
const SMALLEST_NORMAL_HALF = 2 ** -14;

/** The bits of `value` as a 32-bit float. */
export function floatBits(value: number): number {
  FLOAT[0] = value;
  return BITS[0]!;
}

/** The 32-bit float with these bits. */
export function floatFromBits(bits: number): number {
  BITS[0] = bits;
  return FLOAT[0]!;
}

/** The value of a 16-bit IEEE half, which is | sign: 1 | exponent: 5 | mantissa: 10 |. */
export function halfToFloat(half: number): number {
  const sign = (half & 0x8000) === 0 ? 1 : -1;
  const exponent = (half >> 10) & 0x1f;
  const mantissa = half & 0x3ff;
  if (exponent === 0x1f) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * mantissa * 2 ** -24 : sign * (0x400 + mantissa) * 2 ** (exponent - 25);
}

/** Whether a half is infinite or NaN. */
export function isSpecialHalf(half: number): boolean {
  return (half & 0x7c00) === 0x7c00;
}

/** A half whose quarters, the lowest first, are the high nibbles of four 16-bit words (IQ1_M). */
export function scatteredHalf(view: DataView, at: number): number {
  return [0, 1, 2, 3].reduce((half, i) => half | ((view.getUint16(at + i * 2, true) >> 12) << (i * 4)), 0);
}

/** The half nearest to a 32-bit float, ties to even; what is too large becomes infinite, NaN becomes 0x7e00. */
export function floatToHalf(value: number): number {
  const bits = floatBits(value);
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = Math.abs(value);
  if (Number.isNaN(value)) return sign | 0x7e00;
  if (magnitude >= HALF_OVERFLOW) return sign | 0x7c00;
  if (magnitude < SMALLEST_NORMAL_HALF) return sign | roundHalfEven(magnitude * 2 ** 24);
  const nonsign = bits & 0x7fffffff;
  const rebased = nonsign - ((127 - 15) << 23);
  return sign | ((rebased + 0xfff + ((rebased >> 13) & 1)) >> 13);
}

/** The bfloat16 nearest to a 32-bit float, ties to even: its upper half. A NaN stays one and turns quiet. */
export function floatToBfloat(value: number): number {
  const bits = floatBits(value);
  if (Number.isNaN(value)) return (bits >>> 16) | 0x40;
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff;
}

/** The value of a bfloat16. */
export function bfloatToFloat(bfloat: number): number {
  return floatFromBits(bfloat << 16);
}

function roundHalfEven(value: number): number {
  // Doubles from 2^52 on have no fraction, so the addition rounds, and it rounds ties to even.
  return value + 2 ** 52 - 2 ** 52;
}
