import type { Rule } from '../check.js';
import { alignmentDiffers } from './alignment-differs.js';
import { incompleteSet } from './incomplete-set.js';
import { metadataMisplaced } from './metadata-misplaced.js';
import { rawPiece } from './raw-piece.js';
import { splitKeyType } from './split-key-type.js';
import { splitValues } from './split-values.js';
import { staleSplitKeys } from './stale-split-keys.js';
import { tensorDuplicate } from './tensor-duplicate.js';

/** The rules of the area `shard`, sorted by id. */
export const SHARD_RULES: readonly Rule[] = [
  alignmentDiffers,
  incompleteSet,
  metadataMisplaced,
  rawPiece,
  splitKeyType,
  splitValues,
  staleSplitKeys,
  tensorDuplicate,
];
