import type { Rule } from '../check.js';
import { tokenizerArrayLength } from './array-length.js';
import { tokenizerArrayType } from './array-type.js';
import { bosMissing } from './bos-missing.js';
import { bosNeverAdded } from './bos-never-added.js';
import { byteTokenText } from './byte-token-text.js';
import { byteTokenType } from './byte-token-type.js';
import { charsmap } from './charsmap.js';
import { controlTokenNormal } from './control-token-normal.js';
import { controlTokenUserDefined } from './control-token-user-defined.js';
import { endOfTurn } from './end-of-turn.js';
import { eosAdded } from './eos-added.js';
import { eosPlainText } from './eos-plain-text.js';
import { tokenizerMerges } from './merges.js';
import { tokenizerModel } from './model.js';
import { preDefault } from './pre-default.js';
import { preMissing } from './pre-missing.js';
import { preUnknown } from './pre-unknown.js';
import { scoreNotFinite } from './score-not-finite.js';
import { spacePrefix } from './space-prefix.js';
import { specialId } from './special-id.js';
import { tokenCount } from './token-count.js';
import { tokenDuplicate } from './token-duplicate.js';
import { tokenEmpty } from './token-empty.js';
import { tokenizerTokens } from './tokens.js';

/** The rules of the area `tokenizer`, sorted by id. */
export const TOKENIZER_RULES: readonly Rule[] = [
  tokenizerArrayLength,
  tokenizerArrayType,
  bosMissing,
  bosNeverAdded,
  byteTokenText,
  byteTokenType,
  charsmap,
  controlTokenNormal,
  controlTokenUserDefined,
  endOfTurn,
  eosAdded,
  eosPlainText,
  tokenizerMerges,
  tokenizerModel,
  preDefault,
  preMissing,
  preUnknown,
  scoreNotFinite,
  spacePrefix,
  specialId,
  tokenCount,
  tokenDuplicate,
  tokenEmpty,
  tokenizerTokens,
];
