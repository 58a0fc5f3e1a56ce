import { entryPlace, fatalProblem, type MetadataEntry } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { scalarValue } from '../../gguf/values.js';
import { defineRule } from '../check.js';
import { WHOLE_FILE } from '../whole-file.js';
import { matchesWildcard } from '../wildcard.js';

/** A provenance key that is missing, or there and empty. */
interface Untold {
  readonly key: string;
  readonly isThere: boolean;
}

/** A file that does not say where it comes from, as the policy demands. */
export const provenance = defineRule<Untold>({
  id: 'policy/provenance',
  severity: 'error',
  needs: 'policy',
  affects: [],
  docs: {
    summary: 'Every provenance key that the policy asks for is there and says something.',
    why: 'A GGUF file is copied without its page. Who made it, from which model and under which license is then only what the file itself says.',
    example:
      '`policy: {provenance: [general.license, general.quantized_by]}`, and `general.license` is an empty string.',
    remedy: 'Set the key with `ggufix meta set`.',
    fix: 'None: the answer is not in the file.',
    sources: ['The `policy` of ggufix.config.yaml.', 'ggml-org/ggml, docs/gguf.md: general metadata'],
  },
  *find({ header, evidence }) {
    if (fatalProblem(header) !== undefined) return;
    for (const key of new Set(evidence.policy?.provenance)) {
      const entries = header.metadata.filter((entry) => matchesWildcard(key, entry.key));
      if (entries.some(saysSomething)) continue;
      const [first] = entries;
      const place = first === undefined ? WHOLE_FILE : entryPlace(first);
      yield { place, data: { key, isThere: first !== undefined } };
    }
  },
  describe: ({ key, isThere }) =>
    `the policy asks for the provenance key ${quoted(key)}, ${isThere ? 'which says nothing' : 'the file has none'}`,
});

function saysSomething(entry: MetadataEntry): boolean {
  if (entry.type === 'array') return (entry.count ?? 0) > 0;
  return String(scalarValue(entry)).trim() !== '';
}
