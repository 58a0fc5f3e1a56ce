import type { Rule } from '../check.js';

/** The rules of the area `metadata`, sorted by id. */
export const METADATA_RULES: readonly Rule[] = [];
