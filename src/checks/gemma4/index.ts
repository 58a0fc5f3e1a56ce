import type { Rule } from '../check.js';

/** The rules of the area `gemma4`, sorted by id. */
export const GEMMA4_RULES: readonly Rule[] = [];
