import type { Rule } from '../check.js';
import { checksumMismatch } from './checksum-mismatch.js';
import { checksumMissing } from './checksum-missing.js';

/** The rules of the area `upload`, sorted by id. */
export const UPLOAD_RULES: readonly Rule[] = [checksumMismatch, checksumMissing];
