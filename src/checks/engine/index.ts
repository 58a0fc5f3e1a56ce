import type { Rule } from '../check.js';
import { refuses } from './refuses.js';

/** The rules of the area `engine`, sorted by id. */
export const ENGINE_RULES: readonly Rule[] = [refuses];
