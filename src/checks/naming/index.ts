import type { Rule } from '../check.js';

/** The rules of the area `naming`, sorted by id. */
export const NAMING_RULES: readonly Rule[] = [];
