import type { Rule } from '../check.js';
import { kvSharingDepth } from './kv-sharing-depth.js';
import { layerArrays } from './layer-arrays.js';
import { perLayerTokenEmbdType } from './per-layer-token-embd-type.js';
import { sharedKvLayersType } from './shared-kv-layers-type.js';
import { vocabularyPadding } from './vocabulary-padding.js';

/** The rules of the area `gemma3n`, sorted by id. */
export const GEMMA3N_RULES: readonly Rule[] = [
  kvSharingDepth,
  layerArrays,
  perLayerTokenEmbdType,
  sharedKvLayersType,
  vocabularyPadding,
];
