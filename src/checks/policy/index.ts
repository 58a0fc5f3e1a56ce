import type { Rule } from '../check.js';
import { fileSize } from './file-size.js';
import { provenance } from './provenance.js';
import { requiredKey } from './required-key.js';
import { tensorType } from './tensor-type.js';

/** The rules of the area `policy`, sorted by id. */
export const POLICY_RULES: readonly Rule[] = [fileSize, provenance, requiredKey, tensorType];
