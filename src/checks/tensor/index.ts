import type { Rule } from '../check.js';
import { allZero } from './all-zero.js';
import { unexpectedTensors } from './expected-tensors.js';
import { f16Overflow } from './f16-overflow.js';
import { notFinite } from './not-finite.js';
import { quantizedNorm } from './quantized-norm.js';
import { repeatedBlocks } from './repeated-blocks.js';
import { ropeFactors } from './rope-factors.js';
import { shape } from './shape.js';

/** The rules of the area `tensor`, sorted by id. */
export const TENSOR_RULES: readonly Rule[] = [
  allZero,
  unexpectedTensors,
  f16Overflow,
  notFinite,
  quantizedNorm,
  repeatedBlocks,
  ropeFactors,
  shape,
];
