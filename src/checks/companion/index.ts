import type { Rule } from '../check.js';

/** The rules of the area `companion`, sorted by id. */
export const COMPANION_RULES: readonly Rule[] = [];
