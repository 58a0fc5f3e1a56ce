import { quoted } from '../../gguf/printable.js';
import { defineRule } from '../check.js';
import type { Checksum } from './checksum.js';

/** The list, its line and the two hashes. */
type Mismatch = Pick<Checksum, 'source'> & Required<Checksum>['listed'];

/** A file that is not the one whose hash was published. */
export const checksumMismatch = defineRule<Mismatch>({
  id: 'upload/checksum-mismatch',
  severity: 'error',
  needs: 'checksum',
  affects: [],
  docs: {
    summary: 'A file has the SHA-256 that is published beside it.',
    why: 'Whoever compares the two after a download takes the file for damaged or forged.',
    example: 'The model was requantized and `SHA256SUMS` was not written again.',
    remedy: 'Write the list again where the file was changed on purpose; else take the file from its source again.',
    fix: 'None: which of the two is right is unknown.',
    sources: ['GNU coreutils manual, sha256sum'],
  },
  *find({ header, evidence: { checksum } }) {
    const listed = checksum?.listed;
    if (checksum === undefined || listed === undefined || listed.expected === listed.found) return;
    yield { place: { kind: 'file', offset: 0, length: header.fileSize }, data: { source: checksum.source, ...listed } };
  },
  describe: ({ source, line, expected, found }) =>
    `the SHA-256 is ${found}, expected ${expected} as line ${line} of ${quoted(source)} says: the file is not the published one`,
});
