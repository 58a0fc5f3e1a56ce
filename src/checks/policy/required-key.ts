import { fatalProblem } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { defineRule } from '../check.js';
import { WHOLE_FILE } from '../whole-file.js';
import { matchesWildcard } from '../wildcard.js';

/** A key that the policy asks for and the file lacks. */
export const requiredKey = defineRule<{ readonly key: string }>({
  id: 'policy/required-key',
  severity: 'error',
  needs: 'policy',
  affects: [],
  docs: {
    summary: 'Every key that the policy asks for is there.',
    why: 'Readers do without most keys. A publisher may not: catalogues, model cards and scripts are made of them.',
    example: '`policy: {keys: [general.name, tokenizer.chat_template*]}`, and the file has no `general.name`.',
    remedy: 'Add the key with `ggufix meta set`.',
    fix: 'None: what the value should be is not in the file.',
    sources: ['The `policy` of ggufix.config.yaml.'],
  },
  *find({ header, evidence }) {
    // Of a header that was cut off nobody knows what it lacks.
    if (fatalProblem(header) !== undefined) return;
    for (const key of new Set(evidence.policy?.keys)) {
      if (header.metadata.some((entry) => matchesWildcard(key, entry.key))) continue;
      yield { place: WHOLE_FILE, data: { key } };
    }
  },
  describe: ({ key }) => `the policy asks for the key ${quoted(key)}, the file has none`,
});
