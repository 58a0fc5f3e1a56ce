import { describe, expect, test } from 'vitest';
import {
  bfloatToFloat,
  floatBits,
  floatFromBits,
  floatToBfloat,
  floatToHalf,
  halfToFloat,
  isSpecialHalf,
  scatteredHalf,
} from '../../../src/tensors/kernels/half.js';

/** Floats and the half that each rounds to. */
const HALVES: readonly (readonly [number, number])[] = [
  [0, 0x0000],
  [-0, 0x8000],
  [1, 0x3c00],
  [-2, 0xc000],
  [0.1, 0x2e66],
  [65504, 0x7bff],
  [65519.996, 0x7bff],
  [65520, 0x7c00],
  [1e30, 0x7c00],
  [Number.NEGATIVE_INFINITY, 0xfc00],
  // Between two halves: to the one whose last bit is 0.
  [1 + 2 ** -11, 0x3c00],
  [1 + 3 * 2 ** -11, 0x3c02],
  [1 + 2 ** -11 + 2 ** -23, 0x3c01],
  // Subnormal halves, and what rounds to the smallest normal one.
  [2 ** -14, 0x0400],
  [2 ** -14 - 2 ** -25, 0x0400],
  [2 ** -24, 0x0001],
  [2 ** -25, 0x0000],
  [2 ** -25 + 2 ** -40, 0x0001],
  [3 * 2 ** -25, 0x0002],
  [-(2 ** -149), 0x8000],
];

/** Every half there is. */
const HALF_BITS = Array.from({ length: 0x10000 }, (_, half) => half);

describe('halves', () => {
  test.each(HALVES)('%d rounds to a half', (value, half) => {
    expect(floatToHalf(Math.fround(value)).toString(16)).toBe(half.toString(16));
  });

  test('those that are no finite number are special', () => {
    for (const half of HALF_BITS) expect(isSpecialHalf(half)).toBe(!Number.isFinite(halfToFloat(half)));
  });

  test('one that is spread over four words is put together from their high nibbles', () => {
    const bytes = Uint8Array.from([9, 9, 0xff, 0x4f, 0xff, 0x3f, 0xff, 0x2f, 0xff, 0x1f]);
    expect(scatteredHalf(new DataView(bytes.buffer), 2)).toBe(0x1234);
  });

  test('NaN becomes the quiet one with its sign', () => {
    expect(floatToHalf(floatFromBits(0x7f800001))).toBe(0x7e00);
    expect(Number.isNaN(halfToFloat(0x7e00))).toBe(true);
    expect(Number.isNaN(halfToFloat(0xfc01))).toBe(true);
  });

  test('every half that is no NaN survives the way to a float and back', () => {
    const lost = HALF_BITS.filter(
      (half) => !Number.isNaN(halfToFloat(half)) && floatToHalf(halfToFloat(half)) !== half,
    );
    expect(lost).toEqual([]);
  });

  test('halfway between any two halves, the even one is taken', () => {
    const wrong = HALF_BITS.filter((half) => half < 0x7bff).filter((half) => {
      const middle = (halfToFloat(half) + halfToFloat(half + 1)) / 2;
      return floatToHalf(middle) !== half + (half & 1);
    });
    expect(wrong).toEqual([]);
  });
});

describe('bfloats', () => {
  test.each([
    [0x00000000, 0x0000],
    [0x80000000, 0x8000],
    [0x3f800000, 0x3f80],
    [0x3f808000, 0x3f80],
    [0x3f808001, 0x3f81],
    [0x3f818000, 0x3f82],
    [0x00000001, 0x0000],
    [0x00018000, 0x0002],
    [0x7f7fffff, 0x7f80],
    [0xff800000, 0xff80],
    [0x7f800001, 0x7fc0],
  ])('float bits %i round to a bfloat', (bits, bfloat) => {
    expect(floatToBfloat(floatFromBits(bits)).toString(16)).toBe(bfloat.toString(16));
  });

  test('are the upper half of a float', () => {
    expect(bfloatToFloat(0x4049)).toBe(3.140625);
    expect(floatBits(bfloatToFloat(0x8001))).toBe(0x80010000);
  });
});
