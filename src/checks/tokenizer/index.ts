import type { Rule } from '../check.js';
import { tokenizerArrayLength } from './array-length.js';
import { tokenizerArrayType } from './array-type.js';
import { byteTokenType } from './byte-token-type.js';
import { controlTokenNormal } from './control-token-normal.js';
import { tokenizerMerges } from './merges.js';
import { tokenizerModel } from './model.js';
import { preMissing } from './pre-missing.js';
import { preUnknown } from './pre-unknown.js';
import { scoreNotFinite } from './score-not-finite.js';
import { specialId } from './special-id.js';
import { tokenCount } from './token-count.js';
import { tokenDuplicate } from './token-duplicate.js';
import { tokenEmpty } from './token-empty.js';
import { tokenizerTokens } from './tokens.js';

/** The rules of the area `tokenizer`, sorted by id. */
export const TOKENIZER_RULES: readonly Rule[] = [
  tokenizerArrayLength,
  tokenizerArrayType,
  byteTokenType,
  controlTokenNormal,
  tokenizerMerges,
  tokenizerModel,
  preMissing,
  preUnknown,
  scoreNotFinite,
  specialId,
  tokenCount,
  tokenDuplicate,
  tokenEmpty,
  tokenizerTokens,
];
