import { describe, expect, test } from 'vitest';
import { DEQUANTIZE, QUANTIZE, type QuantizableType } from '../../../src/tensors/kernels/index.js';

// Blocks written by hand: weight 0 and weight 16 are special, the rest is alike.

const ONE = [0x00, 0x3c];
const TWO = [0x00, 0x40];
const MINUS_ONE = [0x00, 0xbc];
const THREE_HALVES = [0x00, 0x3e];

interface Case {
  readonly type: QuantizableType;
  readonly weights: (i: number) => number;
  readonly block: readonly number[];
}

const CASES: readonly Case[] = [
  // d = -8 / -8: weight -8 is code 0, 7 is 15, 0 is 8.
  { type: 'Q4_0', weights: special(-8, 7, 0), block: [...ONE, 0xf0, ...fill(15, 0x88)] },
  // m = 1.5, d = 15 / 15: the codes are what lies above 1.5.
  { type: 'Q4_1', weights: special(1.5, 16.5, 3.5), block: [...ONE, ...THREE_HALVES, 0xf0, ...fill(15, 0x22)] },
  // d = 16 / -16: weight 16 is code 0, -15 is 31 (fifth bit set), -0 is 16 (only the fifth bit).
  {
    type: 'Q5_0',
    weights: special(16, -15, -0),
    block: [...MINUS_ONE, 0xfe, 0xff, 0xff, 0xff, 0xf0, ...fill(15, 0x00)],
  },
  // m = 1.5, d = 31 / 31.
  {
    type: 'Q5_1',
    weights: special(1.5, 32.5, 3.5),
    block: [...ONE, ...THREE_HALVES, 0, 0, 1, 0, 0xf0, ...fill(15, 0x22)],
  },
  // d = 254 / 127: codes are halves of the weights, and 3 / 2 rounds away from zero.
  { type: 'Q8_0', weights: special(-254, 3, -5), block: [...TWO, 0x81, ...fill(15, 0xfd), 0x02, ...fill(15, 0xfd)] },
];

describe.each(CASES)('a $type block', ({ type, weights, block }) => {
  test('is written as drawn', () => {
    const out = new Uint8Array(block.length);
    QUANTIZE[type](
      Float32Array.from({ length: 32 }, (_, i) => weights(i)),
      out,
    );
    expect(Buffer.from(out).toString('hex')).toBe(Buffer.from(block).toString('hex'));
  });

  test('is read back', () => {
    const out = new Float32Array(32);
    DEQUANTIZE[type](Uint8Array.from(block), out);
    const rounded = type === 'Q8_0' ? special(-254, 4, -6) : weights;
    expect(out).toEqual(Float32Array.from({ length: 32 }, (_, i) => rounded(i)));
  });
});

describe('blocks of 256 weights', () => {
  test('Q4_K: sub-block 5 has its own scale and minimum', () => {
    const block = new Uint8Array(144);
    block.set([...ONE, ...TWO]);
    // Scale 5 is 0b110011, minimum 5 is 0b100001: low nibbles in byte 9, high pairs in bytes 1 and 5.
    block.set([0, 0b11000000, 0, 0, 0, 0b10000000, 0, 0, 0, 0b0001_0011, 0, 0], 4);
    block[16 + 2 * 32 + 3] = 0x70;
    const out = read('Q4_K', block);
    expect(out[5 * 32 + 3]).toBe(0b110011 * 7 - 2 * 0b100001);
    expect(out[5 * 32 + 4]).toBe(-2 * 0b100001);
    expect(out[4 * 32 + 3]).toBe(0);
  });

  test('Q5_K: the fifth bit of sub-block 6 is bit 6 of qh', () => {
    const block = new Uint8Array(176);
    block.set([...ONE, ...TWO]);
    block[4 + 10] = 1;
    block[16 + 9] = 1 << 6;
    block[48 + 3 * 32 + 9] = 0x05;
    expect(read('Q5_K', block)[6 * 32 + 9]).toBe(21);
  });

  test('Q6_K: weight 97 of the second half', () => {
    const block = new Uint8Array(210);
    block.set(ONE, 208);
    block.fill(1, 192, 208);
    block[192 + 8 + 6] = 0xfe;
    block[64 + 32 + 1] = 0x90;
    block[128 + 32 + 1] = 0b01_000000;
    const out = read('Q6_K', block);
    expect(out[128 + 97]).toBe(-2 * (0b01_1001 - 32));
    expect(out[128 + 98]).toBe(64);
    expect(out[0]).toBe(-32);
  });

  test('Q2_K: scale and minimum are nibbles', () => {
    const block = new Uint8Array(84);
    block.set([...ONE, ...TWO], 80);
    block[9] = 0x35;
    block[16 + 32 + 20] = 0b11;
    const out = read('Q2_K', block);
    expect(out[128 + 20]).toBe(5 * 3 - 2 * 3);
    expect(out[128 + 19]).toBe(-6);
    expect(out[128 + 15]).toBe(0);
  });

  test('Q3_K: a missing high bit takes 4 off, scales are around 32', () => {
    const block = new Uint8Array(110);
    block.set(ONE, 108);
    // Scale 13: low nibble 5 in the high half of byte 5, high pair 2 as pair 3 of byte 9.
    block[96 + 5] = 0x50;
    block[96 + 9] = 0b10_000000;
    block[1 + 16] = 0;
    block[32 + 32 + 1 + 16] = 0b01_0000;
    const out = read('Q3_K', block);
    expect(out[128 + 64 + 17]).toBe((0b10_0101 - 32) * (1 - 4) * 1);
    expect(out[0]).toBe(-32 * -4);
  });

  test('IQ4_XS: scale of sub-block 3, codes through the table', () => {
    const block = new Uint8Array(136);
    block.set(ONE);
    block.set([0b10_000000, 0], 2);
    block[5] = 0x30;
    block[8 + 3 * 16 + 2] = 0xf0;
    const out = read('IQ4_XS', block);
    expect(out[3 * 32 + 2]).toBe((0b10_0011 - 32) * -127);
    expect(out[3 * 32 + 18]).toBe(3 * 113);
    expect(out[0]).toBe(-32 * -127);
  });

  test('IQ2_XXS: point 5 of index 255, its signs and scale', () => {
    const block = new Uint8Array(66);
    block.set(ONE);
    block[2 + 8 + 1] = 255;
    // Signs 0b0000001 of the second seven bits get an eighth, so that two are negative; scale 3.
    block.set([0b1000_0000, 0, 0, 0x30], 2 + 8 + 4);
    const out = read('IQ2_XXS', block);
    expect([...out.subarray(40, 48)].map(Math.sign)).toEqual([-1, 1, 1, 1, 1, 1, 1, -1]);
    expect(Math.abs(out[47]!)).toBe(((3 + 0.5) / 4) * 43);
    expect(out[0]).toBe((0.5 / 4) * 8);
  });

  test('IQ3_S: the ninth bit of index 11 and the sign of weight 45', () => {
    const block = new Uint8Array(110);
    block.set(ONE);
    block[2 + 11] = 255;
    block[66 + 1] = 1 << 3;
    block[74 + 5] = 1 << 5;
    block[106] = 0x20;
    const out = read('IQ3_S', block);
    // The last point of all begins with the largest digit at its end.
    expect(out[47]).toBe((2 * 2 + 1) * 15);
    expect(out[45]).toBeLessThan(0);
    expect(out[44]).toBeGreaterThan(0);
    expect(out[0]).toBe(1);
  });

  test('IQ1_M: the scale is spread over four words, and a nibble moves its point down', () => {
    const block = new Uint8Array(56);
    // 1.0 is 0x3c00: nibbles 0, 0, 0xc and 3, the first the lowest. Scale 5 of weights 16 to 31.
    block.set([0b00_101_000, 0, 0, 0, 0, 0xc0, 0, 0x30], 48);
    block[32 + 1] = 0x80;
    const out = read('IQ1_M', block);
    expect(out[16]).toBe((2 * 5 + 1) * (-1 + 0.125));
    expect(out[24]).toBe((2 * 5 + 1) * (-1 - 0.125));
    expect(out[0]).toBe(-1 + 0.125);
  });

  test('TQ1_0: the second digit of byte 33, and the fourth of byte 51', () => {
    const block = new Uint8Array(54);
    block.set(ONE, 52);
    // Digits 1, 2, 0, 0, 0 and 0, 0, 0, 2 in base 3, as a fraction of 256 that is rounded up.
    block[33] = Math.ceil(((1 * 81 + 2 * 27) * 256) / 243);
    block[51] = Math.ceil((2 * 3 * 256) / 243);
    const out = read('TQ1_0', block);
    expect([0, 1, 2].map((n) => out[160 + n * 16 + 1])).toEqual([0, 1, -1]);
    expect(out[255]).toBe(1);
    expect(out[251]).toBe(-1);
  });

  test('TQ2_0: pairs of bits, 32 weights apart', () => {
    const block = new Uint8Array(66);
    block.set(TWO, 64);
    block[32 + 7] = 0b10_01_00_11;
    const out = read('TQ2_0', block);
    expect([7, 39, 71, 103].map((i) => out[128 + i])).toEqual([4, -2, 0, 2]);
  });
});

describe('small blocks that are only read', () => {
  test('MXFP4: the exponent is that of a power of two, code 8 is 0', () => {
    const block = Uint8Array.from([128, 0x71, ...fill(15, 0x8f)]);
    const out = new Float32Array(32);
    DEQUANTIZE.MXFP4(block, out);
    expect(out).toEqual(Float32Array.from({ length: 32 }, (_, i) => special(1, 12, i < 16 ? -12 : 0)(i)));
  });

  test('NVFP4: a scale for each 16 weights', () => {
    const block = new Uint8Array(36);
    // 1.5 has the exponent 7 and half of the mantissa; 0x7f would be NaN and is read as 0.
    block.set([0, 0b0111_100, 0x7f, 0]);
    block.fill(0x27, 4 + 8, 4 + 24);
    const out = new Float32Array(64);
    DEQUANTIZE.NVFP4(block, out);
    expect([out[16], out[23], out[24], out[31], out[32]]).toEqual([9, 9, 1.5, 1.5, 0]);
  });

  test('Q1_0 and Q2_0: bits and pairs of bits in order', () => {
    const ones = new Float32Array(128);
    DEQUANTIZE.Q1_0(Uint8Array.from([...TWO, 0, 0b10, ...fill(14, 0)]), ones);
    expect([ones[8], ones[9], ones[10]]).toEqual([-2, 2, -2]);
    const pairs = new Float32Array(64);
    DEQUANTIZE.Q2_0(Uint8Array.from([...TWO, 0, 0b11_10_01_00, ...fill(14, 0)]), pairs);
    expect([...pairs.subarray(4, 8)]).toEqual([-2, 0, 2, 4]);
  });
});

function read(type: keyof typeof DEQUANTIZE, block: Uint8Array): Float32Array {
  const out = new Float32Array(256);
  DEQUANTIZE[type](block, out);
  return out;
}

function special(first: number, sixteenth: number, others: number): (i: number) => number {
  return (i) => (i === 0 ? first : i === 16 ? sixteenth : others);
}

function fill(count: number, byte: number): number[] {
  return Array<number>(count).fill(byte);
}
