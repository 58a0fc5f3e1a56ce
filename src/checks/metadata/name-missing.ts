import { quoted } from '../../gguf/printable.js';
import { defineRule } from '../check.js';
import { entryOf, textOf } from '../facts/keys.js';
import { isWholeModel } from '../facts/whole-model.js';
import { WHOLE_FILE } from '../whole-file.js';

/** A key that names the model to people. */
interface Unnamed {
  readonly key: string;
}

/** A model without a name or a size. */
export const nameMissing = defineRule<Unnamed>({
  id: 'metadata/name-missing',
  severity: 'info',
  needs: 'header',
  affects: [],
  docs: {
    summary: '`general.name` and `general.size_label` are there and not empty.',
    why: 'Programs list models by them. Nothing computes with them.',
    example: 'A file that only its file name tells from another one.',
    remedy: '`ggufix meta set FILE general.name "Gemma 3n E2B It"`, and a size such as `4.5B`.',
    fix: 'None: only its publisher knows the name.',
    sources: ['GGUF specification, docs/gguf.md'],
  },
  find: ({ header }) =>
    isWholeModel(header)
      ? ['general.name', 'general.size_label']
          // A key of another type is `metadata/key-type`.
          .filter((key) => entryOf(header, key) === undefined || textOf(header, key) === '')
          .map((key) => ({ place: WHOLE_FILE, data: { key } }) as const)
      : [],
  describe: ({ key }) => `${quoted(key)} is missing or empty: programs show the model without it`,
});
