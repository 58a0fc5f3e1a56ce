import type { Rule } from '../check.js';

/** The rules of the area `shard`, sorted by id. */
export const SHARD_RULES: readonly Rule[] = [];
