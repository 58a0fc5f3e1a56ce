import type { Rule } from '../check.js';
import { perLayerTokenEmbdType } from './per-layer-token-embd-type.js';
import { sharedKvLayersType } from './shared-kv-layers-type.js';

/** The rules of the area `gemma3n`, sorted by id. */
export const GEMMA3N_RULES: readonly Rule[] = [perLayerTokenEmbdType, sharedKvLayersType];
