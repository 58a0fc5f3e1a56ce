import type { Rule } from '../check.js';
import { codeEscape } from './code-escape.js';
import { contentGate } from './content-gate.js';
import { doubleBos } from './double-bos.js';
import { giantRange } from './giant-range.js';
import { hiddenCharacters } from './hidden-characters.js';
import { missing } from './missing.js';
import { notTried } from './not-tried.js';
import { oversized } from './oversized.js';
import { renderFailed } from './render-failed.js';
import { runaway } from './runaway.js';
import { unknownTag } from './unknown-tag.js';
import { unparsable } from './unparsable.js';
import { valueType } from './value-type.js';

/** The rules of the area `template`, sorted by id. */
export const TEMPLATE_RULES: readonly Rule[] = [
  codeEscape,
  contentGate,
  doubleBos,
  giantRange,
  hiddenCharacters,
  missing,
  notTried,
  oversized,
  renderFailed,
  runaway,
  unknownTag,
  unparsable,
  valueType,
];
