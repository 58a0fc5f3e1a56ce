import { QUANTIZE } from '../dist/tensors/kernels/index.js';

/**
 * Types that the benchmark converts from.
 * @typedef {'F16' | 'BF16' | 'Q4_K' | 'Q6_K'} SourceType
 */

/** Weights in a tile, which fills a tensor by repetition. */
export const TILE_WEIGHTS = 2 ** 20;

const BLOCK = 256;

/** Standard deviation of the weights. */
const SPREAD = 0.05;

/**
 * A tile of normally distributed weights, the same on every machine. K-quants are made from random quants, scales and
 * minimums as a quantizer chooses them for such weights, since ggufix writes no K-quants.
 * @param {SourceType} type
 * @returns {Uint8Array}
 */
export function weightTile(type) {
  const random = randomFrom(1);
  return { F16: plainTile, BF16: plainTile, Q4_K: q4Tile, Q6_K: q6Tile }[type](random, type);
}

/**
 * @param {() => number} random
 * @param {'F16' | 'BF16'} type
 */
function plainTile(random, type) {
  return plain(
    type,
    Float32Array.from({ length: TILE_WEIGHTS }, () => SPREAD * bell(random)),
  );
}

// | d: f16 | dmin: f16 | scales: 12 bytes | qs: 128 bytes |, weight = d * scale * q - dmin * min.
// With min = scale and dmin = 7.5 d that is centred on 0; 15 steps span 4 standard deviations.
function q4Tile(random) {
  const tile = new Uint8Array((TILE_WEIGHTS / BLOCK) * 144);
  const scales = scaleFactors((4 * SPREAD) / 15 / 56, random);
  const d = plain('F16', scales);
  const dmin = plain(
    'F16',
    scales.map((scale) => 7.5 * scale),
  );
  const quant = () => clamp(Math.round(7.5 + 3.75 * bell(random)), 0, 15);
  for (let block = 0; block < TILE_WEIGHTS / BLOCK; block += 1) {
    const bytes = tile.subarray(block * 144, (block + 1) * 144);
    bytes.set(d.subarray(block * 2, block * 2 + 2), 0);
    bytes.set(dmin.subarray(block * 2, block * 2 + 2), 2);
    // Six bits each; values from 48 to 63 have the same two high bits, so the packing is simple.
    for (let i = 0; i < 8; i += 1) bytes[4 + i] = 0xf0 | low4(random);
    for (let i = 0; i < 4; i += 1) bytes[12 + i] = 0x11 * low4(random);
    for (let i = 0; i < 128; i += 1) bytes[16 + i] = quant() | (quant() << 4);
  }
  return tile;
}

// | ql: 128 bytes | qh: 64 bytes | scales: 16 × i8 | d: f16 |, weight = d * scale * (q - 32).
// 32 steps reach 1.9 standard deviations.
function q6Tile(random) {
  const tile = new Uint8Array((TILE_WEIGHTS / BLOCK) * 210);
  const d = plain('F16', scaleFactors((1.9 * SPREAD) / 32 / 96, random));
  const quant = () => clamp(Math.round(32 + 17 * bell(random)), 0, 63);
  for (let block = 0; block < TILE_WEIGHTS / BLOCK; block += 1) {
    const bytes = tile.subarray(block * 210, (block + 1) * 210);
    for (let i = 0; i < 64; i += 1) {
      // Each byte of high bits serves four weights: two in the low halves of two bytes, two in the high halves.
      const quants = [quant(), quant(), quant(), quant()];
      const low = (i >> 5) * 64 + (i & 31);
      bytes[low] = (quants[0] & 15) | ((quants[2] & 15) << 4);
      bytes[low + 32] = (quants[1] & 15) | ((quants[3] & 15) << 4);
      bytes[128 + i] = quants.reduce((bits, q, at) => bits | ((q >> 4) << (2 * at)), 0);
    }
    for (let i = 0; i < 16; i += 1) bytes[192 + i] = 64 + 4 * low4(random);
    bytes.set(d.subarray(block * 2, block * 2 + 2), 208);
  }
  return tile;
}

/** One scale a block, within a quarter of `middle`. */
function scaleFactors(middle, random) {
  return Float32Array.from({ length: TILE_WEIGHTS / BLOCK }, () => middle * (0.75 + random() / 2));
}

/**
 * @param {'F16' | 'BF16'} type
 * @param {Float32Array} weights
 */
function plain(type, weights) {
  const bytes = new Uint8Array(weights.length * 2);
  QUANTIZE[type](weights, bytes);
  return bytes;
}

/** Sum of twelve even draws: mean 0, standard deviation 1, and nothing that rounds differently elsewhere. */
function bell(random) {
  let sum = -6;
  for (let i = 0; i < 12; i += 1) sum += random();
  return sum;
}

function low4(random) {
  return Math.floor(random() * 16);
}

function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value));
}

/** The generator mulberry32: from 0 up to 1. @param {number} seed */
function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
