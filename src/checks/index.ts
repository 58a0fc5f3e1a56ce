import type { Rule } from './check.js';
import { alignment } from './container/alignment.js';
import { countsAndLengths } from './container/counts-and-lengths.js';
import { dataStart } from './container/data-start.js';
import { dataTruncated } from './container/data-truncated.js';
import { endianness } from './container/endianness.js';
import { finalPadding } from './container/final-padding.js';
import { headerSize } from './container/header-size.js';
import { keyDuplicate } from './container/key-duplicate.js';
import { keyEmpty } from './container/key-empty.js';
import { magic } from './container/magic.js';
import { nestedArray } from './container/nested-array.js';
import { rowSize } from './container/row-size.js';
import { tensorDimensions } from './container/tensor-dimensions.js';
import { tensorName } from './container/tensor-name.js';
import { tensorNameDuplicate } from './container/tensor-name-duplicate.js';
import { tensorOffset } from './container/tensor-offset.js';
import { tensorSizeOverflow } from './container/tensor-size-overflow.js';
import { tensorType } from './container/tensor-type.js';
import { truncatedHeader } from './container/truncated-header.js';
import { valueType } from './container/value-type.js';
import { version } from './container/version.js';
import { perLayerTokenEmbdType } from './gemma3n/per-layer-token-embd-type.js';
import { sharedKvLayersType } from './gemma3n/shared-kv-layers-type.js';
import { checkCrashed } from './internal/check-crashed.js';
import { tooManyFindings } from './internal/too-many-findings.js';

/** Every rule, sorted by id. */
export const RULES: readonly Rule[] = [
  alignment,
  countsAndLengths,
  dataStart,
  dataTruncated,
  endianness,
  finalPadding,
  headerSize,
  keyDuplicate,
  keyEmpty,
  magic,
  nestedArray,
  rowSize,
  tensorDimensions,
  tensorName,
  tensorNameDuplicate,
  tensorOffset,
  tensorSizeOverflow,
  tensorType,
  truncatedHeader,
  valueType,
  version,
  perLayerTokenEmbdType,
  sharedKvLayersType,
  checkCrashed,
  tooManyFindings,
];

/** The rule with this id. */
export function findRule(id: string): Rule | undefined {
  return RULES.find((rule) => rule.id === id);
}
