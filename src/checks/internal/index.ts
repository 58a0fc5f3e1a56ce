import type { Rule } from '../check.js';
import { checkCrashed } from './check-crashed.js';
import { tooManyFindings } from './too-many-findings.js';

/** The rules of the area `internal`, sorted by id. */
export const INTERNAL_RULES: readonly Rule[] = [checkCrashed, tooManyFindings];
