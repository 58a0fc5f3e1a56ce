import { floatBits, floatFromBits } from '../../../src/tensors/kernels/half.js';
import { createRandom, normals } from './random.js';

/** Weights in each sample: a multiple of every block, and not of a group of four blocks of 256. */
export const SAMPLE_WEIGHTS = 2816;

const seed = 20_260_731;

/** Finite weights that reach the corners of the quantizers, by what they are. */
export const WEIGHTS: Readonly<Record<string, Float32Array>> = {
  'normal, as in a model': normals(SAMPLE_WEIGHTS, 0.02, createRandom(seed)),
  'normal, deviation 1': normals(SAMPLE_WEIGHTS, 1, createRandom(seed + 1)),
  'normal, tiny': normals(SAMPLE_WEIGHTS, 1e-6, createRandom(seed + 2)),
  zeros: new Float32Array(SAMPLE_WEIGHTS),
  'negative zeros': fill(() => -0),
  'zeros of both signs': fill((random) => (random() < 0.5 ? 0 : -0), 3),
  'zeros of both signs under positive weights': fill((random) => pick([0, -0, 0.5, random()], random), 4),
  'zeros of both signs above negative weights': fill((random) => pick([0, -0, -0.5, -random()], random), 5),
  'one weight a block': fill((random, i) => (i % 32 === i % 31 ? random() - 0.5 : 0), 6),
  'constant 1.5': fill(() => 1.5),
  'constant -0.3': fill(() => -0.3),
  'largest magnitude in both signs': fill((random) => pick([1, -1, 0.25, random()], random), 7),
  'halves between codes of Q8_0': halves(127, 8),
  'halves between codes of Q4_0': halves(8, 9),
  'halves between codes of Q5_0': halves(16, 10),
  'halves between codes of Q4_1': halves(15, 11),
  'halves between codes of Q5_1': halves(31, 12),
  'just below halves between codes of Q8_0': halves(127, 27).map(justBelow),
  'just below halves between codes of Q4_1': halves(15, 28).map(justBelow),
  'subnormal floats': fill((random) => (random() - 0.5) * 2 ** -125, 13),
  'smallest floats': fill((random) => Math.round((random() - 0.5) * 40) * 2 ** -149, 14),
  'scales around 2^-128, the last with an inverse': fill(
    (random, i) => (random() - 0.5) * 2 ** (-126 + (i >> 5) / 8),
    15,
  ),
  'scales around the smallest half': fill((random, i) => (random() - 0.5) * 2 ** (-28 + (i >> 5) / 4), 16),
  'scales around the largest half': fill((random, i) => (random() - 0.5) * 2 ** (14 + (i >> 5) / 8), 17),
  huge: fill((random) => (random() - 0.5) * 1.9 * 2 ** 127, 18),
  'largest floats of both signs': fill((random) => pick([1, -1, 0.5], random) * floatFromBits(0x7f7fffff), 19),
  'any exponent': fill((random) => finite((random() * 2 ** 32) >>> 0), 20),
};

function fill(weight: (random: () => number, i: number) => number, offset = 0): Float32Array {
  const random = createRandom(seed + offset);
  return Float32Array.from({ length: SAMPLE_WEIGHTS }, (_, i) => weight(random, i));
}

/** Blocks whose scale is exactly 1, so that many weights lie halfway between two codes. */
function halves(largest: number, offset: number): Float32Array {
  return fill((random, i) => (i % 32 === 0 ? -largest : Math.round((random() - 0.5) * 4 * largest) / 2), offset);
}

/** The next float towards zero, for weights that are no whole number. */
function justBelow(weight: number): number {
  return Number.isInteger(weight) ? weight : floatFromBits(floatBits(weight) - 1);
}

function pick(values: readonly number[], random: () => number): number {
  return values[Math.floor(random() * values.length)]!;
}

/** The bits as a float, with the exponent of infinity and NaN made that of one. */
function finite(bits: number): number {
  return floatFromBits((bits & 0x7f800000) === 0x7f800000 ? bits ^ 0x40000000 : bits);
}
