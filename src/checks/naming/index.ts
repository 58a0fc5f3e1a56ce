import type { Rule } from '../check.js';
import { projectorName } from './projector-name.js';
import { quantLabel } from './quant-label.js';

/** The rules of the area `naming`, sorted by id. */
export const NAMING_RULES: readonly Rule[] = [projectorName, quantLabel];
