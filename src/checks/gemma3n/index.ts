import type { Rule } from '../check.js';
import { altupCoefficients } from './altup-coefficients.js';
import { headCountKvArray } from './head-count-kv-array.js';
import { kvSharingDepth } from './kv-sharing-depth.js';
import { layerArrays } from './layer-arrays.js';
import { perLayerTokenEmbdType } from './per-layer-token-embd-type.js';
import { sharedKvLayersType } from './shared-kv-layers-type.js';
import { vocabularyPadding } from './vocabulary-padding.js';

/** The rules of the area `gemma3n`, sorted by id. */
export const GEMMA3N_RULES: readonly Rule[] = [
  altupCoefficients,
  headCountKvArray,
  kvSharingDepth,
  layerArrays,
  perLayerTokenEmbdType,
  sharedKvLayersType,
  vocabularyPadding,
];
