import type { Rule } from '../check.js';
import { alignment } from './alignment.js';
import { countsAndLengths } from './counts-and-lengths.js';
import { dataStart } from './data-start.js';
import { dataTruncated } from './data-truncated.js';
import { endianness } from './endianness.js';
import { finalPadding } from './final-padding.js';
import { headerSize } from './header-size.js';
import { joinedFiles } from './joined-files.js';
import { keyDuplicate } from './key-duplicate.js';
import { keyEmpty } from './key-empty.js';
import { magic } from './magic.js';
import { nestedArray } from './nested-array.js';
import { paddingNotZero } from './padding-not-zero.js';
import { rowSize } from './row-size.js';
import { tensorDimensions } from './tensor-dimensions.js';
import { tensorName } from './tensor-name.js';
import { tensorNameDuplicate } from './tensor-name-duplicate.js';
import { tensorOffset } from './tensor-offset.js';
import { tensorSizeOverflow } from './tensor-size-overflow.js';
import { tensorType } from './tensor-type.js';
import { textNotUtf8 } from './text-not-utf8.js';
import { trailingBytes } from './trailing-bytes.js';
import { truncatedHeader } from './truncated-header.js';
import { valueType } from './value-type.js';
import { version } from './version.js';

/** The rules of the area `container`, sorted by id. */
export const CONTAINER_RULES: readonly Rule[] = [
  alignment,
  countsAndLengths,
  dataStart,
  dataTruncated,
  endianness,
  finalPadding,
  headerSize,
  joinedFiles,
  keyDuplicate,
  keyEmpty,
  magic,
  nestedArray,
  paddingNotZero,
  rowSize,
  tensorDimensions,
  tensorName,
  tensorNameDuplicate,
  tensorOffset,
  tensorSizeOverflow,
  tensorType,
  textNotUtf8,
  trailingBytes,
  truncatedHeader,
  valueType,
  version,
];
