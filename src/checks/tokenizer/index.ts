import type { Rule } from '../check.js';

/** The rules of the area `tokenizer`, sorted by id. */
export const TOKENIZER_RULES: readonly Rule[] = [];
