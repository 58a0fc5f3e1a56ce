import { entryPlace } from '../../gguf/model.js';
import { printable, quoted } from '../../gguf/printable.js';
import { isIntegerType } from '../../gguf/value-types.js';
import { scalarValue } from '../../gguf/values.js';
import { defineRule } from '../check.js';
import { tokensEntry } from '../facts/tokens.js';

/** A special token that the vocabulary does not have. */
interface IdOutOfRange {
  readonly key: string;
  /** As text: JSON has no 64-bit integers. */
  readonly id: string;
  readonly tokens: number;
}

/** How old converters write -1: there is no such token. For tokens that no prompt needs, llama.cpp's default is the same. */
const NO_TOKEN = 2 ** 32 - 1;
const OPTIONAL = /^tokenizer\.ggml\.(seperator|padding)_token_id$/;

/** The id of a special token past the end of the vocabulary. */
export const specialId = defineRule<IdOutOfRange>({
  id: 'tokenizer/special-id',
  severity: 'warning',
  needs: 'header',
  affects: ['llama.cpp *'],
  docs: {
    summary: 'The ids of special tokens lie in the vocabulary.',
    why: 'llama.cpp prints `bad special token`, and uses the default of the tokenizer instead, which may be another token of the model: it then stops too late, or begins wrongly.',
    example: '`tokenizer.ggml.eos_token_id` is 32000 and there are 32,000 tokens.',
    remedy: 'Set the key to the right id. Removing it gives the same as now, without the warning.',
    fix: 'Unsafe: the key is removed. llama.cpp ignores it already, but the right id is not restored.',
    sources: ['llama.cpp 0.7.0, llama-vocab.cpp'],
  },
  *find({ header }) {
    const tokens = tokensEntry(header)?.count;
    if (tokens === undefined) return;
    for (const entry of header.metadata) {
      if (!/^tokenizer\.ggml\.\w{1,20}_token_id$/.test(entry.key) || !isIntegerType(entry.type)) continue;
      const id = Number(scalarValue(entry));
      if ((id >= 0 && id < tokens) || (id === NO_TOKEN && OPTIONAL.test(entry.key))) continue;
      yield { place: entryPlace(entry), data: { key: entry.key, id: String(scalarValue(entry)), tokens } };
    }
  },
  describe: ({ key, id, tokens }) =>
    `${quoted(key)} is ${id}, expected less than ${tokens}, the number of tokens: llama.cpp uses a default id instead`,
  fix: ({ key }) => ({
    safety: 'unsafe',
    title: `Remove ${printable(key)}, which names no token`,
    edits: [{ op: 'remove-metadata', key }],
  }),
});
