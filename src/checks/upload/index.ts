import type { Rule } from '../check.js';

/** The rules of the area `upload`, sorted by id. */
export const UPLOAD_RULES: readonly Rule[] = [];
