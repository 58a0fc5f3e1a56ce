import type { Rule } from '../check.js';
import { checksumMismatch } from './checksum-mismatch.js';

/** The rules of the area `upload`, sorted by id. */
export const UPLOAD_RULES: readonly Rule[] = [checksumMismatch];
