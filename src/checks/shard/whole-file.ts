import type { Place } from '../../gguf/problems.js';

/** The place of a finding about the set that the file belongs to. */
export const WHOLE_FILE: Place = { kind: 'file', offset: 0, length: 0 };
