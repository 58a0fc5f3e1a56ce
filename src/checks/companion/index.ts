import type { Rule } from '../check.js';
import { controlVector } from './control-vector.js';
import { imatrixPairs } from './imatrix-pairs.js';
import { loraPairs } from './lora-pairs.js';
import { mmprojKeys } from './mmproj-keys.js';
import { mmprojRange } from './mmproj-range.js';
import { requiredKeys } from './required-keys.js';

/** The rules of the area `companion`, sorted by id. */
export const COMPANION_RULES: readonly Rule[] = [
  controlVector,
  imatrixPairs,
  loraPairs,
  mmprojKeys,
  mmprojRange,
  requiredKeys,
];
