import { defineRule } from '../check.js';

/** A file that is larger than the policy allows. */
export const fileSize = defineRule<{ readonly bytes: number; readonly limit: number }>({
  id: 'policy/file-size',
  severity: 'error',
  needs: 'policy',
  affects: [],
  docs: {
    summary: 'The file is no larger than the policy allows.',
    why: 'A host or a device takes only so much: the Hub refuses single files above 50 GB, FAT32 has room for 4 GiB.',
    example: '`policy: {maxBytes: 50 GB}`, and the file has 61 GB.',
    remedy: 'Split the file into shards, or quantize the model to fewer bits.',
    fix: 'None: splitting makes other files, and quantizing loses quality.',
    sources: ['The `policy` of ggufix.config.yaml.'],
  },
  *find({ header: { fileSize: bytes }, evidence }) {
    const limit = evidence.policy?.maxBytes;
    if (limit === undefined || bytes <= limit) return;
    yield { place: { kind: 'file', offset: 0, length: bytes }, data: { bytes, limit } };
  },
  describe: ({ bytes, limit }) => `the file has ${bytes} bytes, the policy allows ${limit}`,
});
