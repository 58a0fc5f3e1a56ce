// The module: one input and one output buffer of a fixed size, and a loop over strips that fit the first-level cache.

import { decodeMXFP4, decodeNVFP4 } from './fp4';
import { fuseBF16Q8_0, fuseF16Q8_0 } from './fused-q8-0';
import { IQ2_XXS_GRID } from './grids';
import { decodeIQ1_M, decodeIQ1_S } from './iq1';
import { decodeIQ2_S, decodeIQ2_XS, decodeIQ2_XXS } from './iq2';
import { decodeIQ3_S, decodeIQ3_XXS } from './iq3';
import { decodeIQ4_NL, decodeIQ4_XS } from './iq4';
import { decodeF32, decodeBF16, decodeF16, encodeBF16, encodeF16, encodeF32 } from './plain';
import { decodeQ1_0 } from './q1-0';
import { decodeQ2_0 } from './q2-0';
import { decodeQ2_K } from './q2-k';
import { decodeQ3_K } from './q3-k';
import { decodeQ4_0, encodeQ4_0 } from './q4-0';
import { decodeQ4_1, encodeQ4_1 } from './q4-1';
import { decodeQ4_K } from './q4-k';
import { decodeQ5_0, encodeQ5_0 } from './q5-0';
import { decodeQ5_1, encodeQ5_1 } from './q5-1';
import { decodeQ5_K } from './q5-k';
import { decodeQ6_K } from './q6-k';
import { decodeQ8_0, encodeQ8_0 } from './q8-0';
import { decodeTQ1_0, decodeTQ2_0 } from './tq';
import {
  BF16, F16, F32, IQ1_M, IQ1_S, IQ2_S, IQ2_XS, IQ2_XXS, IQ3_S, IQ3_XXS, IQ4_NL, IQ4_XS, MXFP4, NVFP4, Q1_0, Q2_0, Q2_K,
  Q3_K, Q4_0, Q4_1, Q4_K, Q5_0, Q5_1, Q5_K, Q6_K, Q8_0, TQ1_0, TQ2_0,
} from './types';

export { scanBlocks, scanPlain, scanResult } from './scan';

const TILE: usize = 262144;
const STRIP: usize = 1024;
const GROUP: usize = 128;

// Encoders work on whole groups and may write past the last weight's bytes; decoders may read past them.
const SLACK: usize = GROUP * 4;

/** Most weights in one call, and where they are put and fetched. */
export const tileWeights: usize = TILE;
export const input: usize = memory.data(<i32>(TILE * 4 + SLACK), 64);
export const output: usize = memory.data(<i32>(TILE * 4 + SLACK), 64);

/** Where the codebooks have to be put before the first call: see ./grids. */
export const grids: usize = IQ2_XXS_GRID;

// A strip of weights as floats, and to measure errors another one.
const strip = memory.data(<i32>(STRIP * 4 + SLACK), 64);
const other = memory.data(<i32>(STRIP * 4 + SLACK), 64);

/** Set by `measure`: the sum of the squared weights, and of the squared differences. */
export let sumSquared: f64 = 0;
export let sumSquaredError: f64 = 0;

/**
 * Converts the first `weights` weights of the input buffer to the output buffer. Returns 1 if a weight is infinite or
 * NaN, 2 if a value or a scale of the result is infinite, their sum, or 0.
 */
export function convert(from: i32, to: i32, weights: usize): i32 {
  let verdict = 0;
  let source = input;
  let target = output;
  // Decoders of plain types take eight weights at a time: what lies behind the last one must not look infinite.
  memory.fill(input + bytesOf(from, weights), 0, 32);
  for (let done: usize = 0; done < weights; done += STRIP) {
    const count = min(STRIP, weights - done);
    verdict |= convertStrip(from, to, source, count, target);
    source += bytesOf(from, count);
    target += bytesOf(to, count);
  }
  return verdict;
}

function convertStrip(from: i32, to: i32, source: usize, weights: usize, target: usize): i32 {
  if (to == Q8_0 && from == F16) return fuseF16Q8_0(source, weights, target);
  if (to == Q8_0 && from == BF16) return fuseBF16Q8_0(source, weights, target);
  const badSource = decode(from, source, weights, strip);
  const padded = (weights + GROUP - 1) & ~(GROUP - 1);
  if (padded != weights) memory.fill(strip + weights * 4, 0, (padded - weights) * 4);
  const badResult = encode(to, strip, padded, target);
  return badSource | (badResult << 1);
}

/** Compares the first `weights` weights of the input buffer with what the output buffer holds in their place. */
export function measure(from: i32, to: i32, weights: usize): void {
  sumSquared = 0;
  sumSquaredError = 0;
  let squares = f64x2.splat(0);
  let errors = f64x2.splat(0);
  let source = input;
  let target = output;
  for (let done: usize = 0; done < weights; done += STRIP) {
    const count = min(STRIP, weights - done);
    decode(from, source, count, strip);
    decode(to, target, count, other);
    source += bytesOf(from, count);
    target += bytesOf(to, count);
    for (let at: usize = 0; at < count * 4; at += 8) {
      const x = f64x2.promote_low_f32x4(v128.load64_zero(strip + at));
      const y = f64x2.promote_low_f32x4(v128.load64_zero(other + at));
      const error = f64x2.sub(x, y);
      squares = f64x2.add(squares, f64x2.mul(x, x));
      errors = f64x2.add(errors, f64x2.mul(error, error));
    }
  }
  sumSquared = f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1);
  sumSquaredError = f64x2.extract_lane(errors, 0) + f64x2.extract_lane(errors, 1);
}

function decode(type: i32, source: usize, weights: usize, out: usize): i32 {
  switch (type) {
    case F32: return decodeF32(source, weights, out);
    case F16: return decodeF16(source, weights, out);
    case BF16: return decodeBF16(source, weights, out);
    case Q4_0: return decodeQ4_0(source, weights, out);
    case Q4_1: return decodeQ4_1(source, weights, out);
    case Q5_0: return decodeQ5_0(source, weights, out);
    case Q5_1: return decodeQ5_1(source, weights, out);
    case Q8_0: return decodeQ8_0(source, weights, out);
    case Q2_K: return decodeQ2_K(source, weights, out);
    case Q3_K: return decodeQ3_K(source, weights, out);
    case Q4_K: return decodeQ4_K(source, weights, out);
    case Q5_K: return decodeQ5_K(source, weights, out);
    case Q6_K: return decodeQ6_K(source, weights, out);
    case IQ1_S: return decodeIQ1_S(source, weights, out);
    case IQ1_M: return decodeIQ1_M(source, weights, out);
    case IQ2_XXS: return decodeIQ2_XXS(source, weights, out);
    case IQ2_XS: return decodeIQ2_XS(source, weights, out);
    case IQ2_S: return decodeIQ2_S(source, weights, out);
    case IQ3_XXS: return decodeIQ3_XXS(source, weights, out);
    case IQ3_S: return decodeIQ3_S(source, weights, out);
    case IQ4_NL: return decodeIQ4_NL(source, weights, out);
    case IQ4_XS: return decodeIQ4_XS(source, weights, out);
    case TQ1_0: return decodeTQ1_0(source, weights, out);
    case TQ2_0: return decodeTQ2_0(source, weights, out);
    case MXFP4: return decodeMXFP4(source, weights, out);
    case NVFP4: return decodeNVFP4(source, weights, out);
    case Q1_0: return decodeQ1_0(source, weights, out);
    case Q2_0: return decodeQ2_0(source, weights, out);
    default: return unreachable();
  }
}

function encode(type: i32, x: usize, weights: usize, out: usize): i32 {
  switch (type) {
    case F32: return encodeF32(x, weights, out);
    case F16: return encodeF16(x, weights, out);
    case BF16: return encodeBF16(x, weights, out);
    case Q4_0: return encodeQ4_0(x, weights, out);
    case Q4_1: return encodeQ4_1(x, weights, out);
    case Q5_0: return encodeQ5_0(x, weights, out);
    case Q5_1: return encodeQ5_1(x, weights, out);
    case Q8_0: return encodeQ8_0(x, weights, out);
    default: return unreachable();
  }
}

/** Bytes of `weights` weights: whole blocks, except at the end of a plain tensor. */
function bytesOf(type: i32, weights: usize): usize {
  switch (type) {
    case F32: return weights * 4;
    case F16: case BF16: return weights * 2;
    case Q4_0: case IQ4_NL: return weights / 32 * 18;
    case Q4_1: return weights / 32 * 20;
    case Q5_0: return weights / 32 * 22;
    case Q5_1: return weights / 32 * 24;
    case Q8_0: return weights / 32 * 34;
    case Q2_K: return weights / 256 * 84;
    case Q3_K: case IQ3_S: return weights / 256 * 110;
    case Q4_K: return weights / 256 * 144;
    case Q5_K: return weights / 256 * 176;
    case Q6_K: return weights / 256 * 210;
    case IQ1_S: return weights / 256 * 50;
    case IQ1_M: return weights / 256 * 56;
    case IQ2_XXS: case TQ2_0: return weights / 256 * 66;
    case IQ2_XS: return weights / 256 * 74;
    case IQ2_S: return weights / 256 * 82;
    case IQ3_XXS: return weights / 256 * 98;
    case TQ1_0: return weights / 256 * 54;
    case IQ4_XS: return weights / 256 * 136;
    case MXFP4: return weights / 32 * 17;
    case NVFP4: return weights / 64 * 36;
    case Q1_0: return weights / 128 * 18;
    case Q2_0: return weights / 64 * 18;
    default: return unreachable();
  }
}
