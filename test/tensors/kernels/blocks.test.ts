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
