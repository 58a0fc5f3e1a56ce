import { quoted } from '../../gguf/printable.js';
import { defineRule } from '../check.js';

/** A file that the list of hashes beside it does not name. */
export const checksumMissing = defineRule<{ readonly source: string }>({
  id: 'upload/checksum-missing',
  severity: 'warning',
  needs: 'checksum',
  affects: [],
  docs: {
    summary: 'A list of hashes beside a file names the file.',
    why: 'Whoever checks a download with the list learns nothing about a file that is not in it. An empty list, or one in an encoding that `sha256sum` does not read, such as UTF-16, names no file at all.',
    example: 'A quantization was added to the folder after `SHA256SUMS` had been written.',
    remedy: 'Write the list again: `sha256sum *.gguf > SHA256SUMS`.',
    fix: 'None: a repair changes no other file.',
    sources: ['GNU coreutils manual, sha256sum'],
  },
  *find({ header, evidence: { checksum } }) {
    if (checksum === undefined || checksum.listed !== undefined) return;
    yield { place: { kind: 'file', offset: 0, length: header.fileSize }, data: { source: checksum.source } };
  },
  describe: ({ source }) => `${quoted(source)} stands beside the file and does not name it`,
});
