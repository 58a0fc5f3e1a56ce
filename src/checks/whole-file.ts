import type { Place } from '../gguf/problems.js';

/** The place of a finding about the file as a whole, or about something that is not in it. */
export const WHOLE_FILE: Place = { kind: 'file', offset: 0, length: 0 };
