import type { Rule } from '../check.js';

/** The rules of the area `template`, sorted by id. */
export const TEMPLATE_RULES: readonly Rule[] = [];
