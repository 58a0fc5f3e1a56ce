import { dequantizeMXFP4, dequantizeNVFP4 } from './fp4.js';
import { dequantizeIQ1_M, dequantizeIQ1_S } from './iq1.js';
import { dequantizeIQ2_S, dequantizeIQ2_XS, dequantizeIQ2_XXS } from './iq2.js';
import { dequantizeIQ3_S, dequantizeIQ3_XXS } from './iq3.js';
import { dequantizeIQ4_NL, dequantizeIQ4_XS } from './iq4.js';
import type { Dequantize, Quantize } from './kernel.js';
import { dequantizeBF16, dequantizeF16, dequantizeF32, quantizeBF16, quantizeF16, quantizeF32 } from './plain.js';
import { dequantizeQ1_0 } from './q1-0.js';
import { dequantizeQ2_0 } from './q2-0.js';
import { dequantizeQ2_K } from './q2-k.js';
import { dequantizeQ3_K } from './q3-k.js';
import { dequantizeQ4_0, quantizeQ4_0 } from './q4-0.js';
import { dequantizeQ4_1, quantizeQ4_1 } from './q4-1.js';
import { dequantizeQ4_K } from './q4-k.js';
import { dequantizeQ5_0, quantizeQ5_0 } from './q5-0.js';
import { dequantizeQ5_1, quantizeQ5_1 } from './q5-1.js';
import { dequantizeQ5_K } from './q5-k.js';
import { dequantizeQ6_K } from './q6-k.js';
import { dequantizeQ8_0, quantizeQ8_0 } from './q8-0.js';
import type { DequantizableType, QuantizableType } from './supported.js';
import { dequantizeTQ1_0, dequantizeTQ2_0 } from './tq.js';

export type { Dequantize, Quantize } from './kernel.js';
export { type DequantizableType, isDequantizable, isQuantizable, type QuantizableType } from './supported.js';

/** The reference dequantizer of each type that ggufix reads as weights. */
export const DEQUANTIZE = {
  F32: dequantizeF32,
  F16: dequantizeF16,
  BF16: dequantizeBF16,
  Q4_0: dequantizeQ4_0,
  Q4_1: dequantizeQ4_1,
  Q5_0: dequantizeQ5_0,
  Q5_1: dequantizeQ5_1,
  Q8_0: dequantizeQ8_0,
  Q2_K: dequantizeQ2_K,
  Q3_K: dequantizeQ3_K,
  Q4_K: dequantizeQ4_K,
  Q5_K: dequantizeQ5_K,
  Q6_K: dequantizeQ6_K,
  IQ1_S: dequantizeIQ1_S,
  IQ1_M: dequantizeIQ1_M,
  IQ2_XXS: dequantizeIQ2_XXS,
  IQ2_XS: dequantizeIQ2_XS,
  IQ2_S: dequantizeIQ2_S,
  IQ3_XXS: dequantizeIQ3_XXS,
  IQ3_S: dequantizeIQ3_S,
  IQ4_NL: dequantizeIQ4_NL,
  IQ4_XS: dequantizeIQ4_XS,
  TQ1_0: dequantizeTQ1_0,
  TQ2_0: dequantizeTQ2_0,
  MXFP4: dequantizeMXFP4,
  NVFP4: dequantizeNVFP4,
  Q1_0: dequantizeQ1_0,
  Q2_0: dequantizeQ2_0,
} as const satisfies Record<DequantizableType, Dequantize>;

/** The reference quantizer of each type that ggufix writes. */
export const QUANTIZE = {
  F32: quantizeF32,
  F16: quantizeF16,
  BF16: quantizeBF16,
  Q4_0: quantizeQ4_0,
  Q4_1: quantizeQ4_1,
  Q5_0: quantizeQ5_0,
  Q5_1: quantizeQ5_1,
  Q8_0: quantizeQ8_0,
} as const satisfies Record<QuantizableType, Quantize>;
