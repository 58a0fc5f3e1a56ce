import type { Rule } from '../check.js';

/** The rules of the area `tensor`, sorted by id. */
export const TENSOR_RULES: readonly Rule[] = [];
