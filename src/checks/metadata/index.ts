import type { Rule } from '../check.js';
import { architecture } from './architecture.js';
import { blockCount } from './block-count.js';
import { contextLength } from './context-length.js';
import { expertCount } from './expert-count.js';
import { feedForwardLength } from './feed-forward-length.js';
import { fileType } from './file-type.js';
import { gemma3RopeScaling } from './gemma3-rope-scaling.js';
import { headCount } from './head-count.js';
import { keyType } from './key-type.js';
import { nameMissing } from './name-missing.js';
import { nestedRopeKey } from './nested-rope-key.js';
import { perLayerArray } from './per-layer-array.js';
import { quantizationVersion } from './quantization-version.js';
import { requiredKey } from './required-key.js';
import { ropeDimensionCount } from './rope-dimension-count.js';
import { ropeDimensionSections } from './rope-dimension-sections.js';
import { ropeScalingType } from './rope-scaling-type.js';
import { samplingRange } from './sampling-range.js';
import { samplingRecommended } from './sampling-recommended.js';
import { targetLayers } from './target-layers.js';

/** The rules of the area `metadata`, sorted by id. */
export const METADATA_RULES: readonly Rule[] = [
  architecture,
  blockCount,
  contextLength,
  expertCount,
  feedForwardLength,
  fileType,
  gemma3RopeScaling,
  headCount,
  keyType,
  nameMissing,
  nestedRopeKey,
  perLayerArray,
  quantizationVersion,
  requiredKey,
  ropeDimensionCount,
  ropeDimensionSections,
  ropeScalingType,
  samplingRange,
  samplingRecommended,
  targetLayers,
];
