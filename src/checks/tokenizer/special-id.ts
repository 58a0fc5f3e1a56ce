import { entryPlace, type Header } from '../../gguf/model.js';
import { printable, quoted } from '../../gguf/printable.js';
import { isIntegerType } from '../../gguf/value-types.js';
import { scalarValue } from '../../gguf/values.js';
import { defineRule, type Found } from '../check.js';
import { entryOf, textOf } from '../facts/keys.js';
import { DEFAULT_IDS } from '../facts/stop-tokens.js';
import { tokensEntry } from '../facts/tokens.js';

/** A special token that the vocabulary does not have. */
interface IdOutOfRange {
  readonly key: string;
  /** As text: JSON has no 64-bit integers. */
  readonly id: string;
  readonly tokens: number;
  /** Whether the key is missing and llama.cpp takes the id for this kind of tokenizer. */
  readonly isDefault: boolean;
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
    summary:
      'The ids of special tokens lie in the vocabulary, also those that llama.cpp takes where the key is missing.',
    why: 'llama.cpp prints `bad special token`, and uses the default of the tokenizer instead, which may be another token of the model: it then stops too late, or begins wrongly. A default past the end it drops, releases before July 2026 read outside of the vocabulary.',
    example: '`tokenizer.ggml.eos_token_id` is 32000 and there are 32,000 tokens.',
    remedy: 'Set the key to the right id. Removing it gives the same as now, without the warning.',
    fix: 'Unsafe: the key is removed. llama.cpp ignores it already, but the right id is not restored. Nothing where it is missing.',
    sources: ['llama.cpp 0.7.0, llama-vocab.cpp', 'ggml-org/llama.cpp#25475, #25508'],
  },
  *find({ header }) {
    const tokens = tokensEntry(header)?.count;
    if (tokens === undefined) return;
    for (const entry of header.metadata) {
      if (!/^tokenizer\.ggml\.\w{1,20}_token_id$/.test(entry.key) || !isIntegerType(entry.type)) continue;
      const id = Number(scalarValue(entry));
      if ((id >= 0 && id < tokens) || (id === NO_TOKEN && OPTIONAL.test(entry.key))) continue;
      const data = { key: entry.key, id: String(scalarValue(entry)), tokens, isDefault: false };
      yield { place: entryPlace(entry), data };
    }
    yield* missingDefaults(header, tokens);
  },
  describe: ({ key, id, tokens, isDefault }) =>
    isDefault
      ? `${quoted(key)} is missing and llama.cpp's default for it is ${id}, but there are only ${tokens} tokens: older releases read outside of the vocabulary`
      : `${quoted(key)} is ${id}, expected less than ${tokens}, the number of tokens: llama.cpp uses a default id instead`,
  fix: ({ key, isDefault }) =>
    isDefault
      ? undefined
      : {
          safety: 'unsafe',
          title: `Remove ${printable(key)}, which names no token`,
          edits: [{ op: 'remove-metadata', key }],
        },
});

/** BOS and EOS without a key, whose default is past the end of a tiny vocabulary. */
function* missingDefaults(header: Header, tokens: number): Generator<Found<IdOutOfRange>> {
  const vocabulary = tokensEntry(header);
  const defaults = DEFAULT_IDS[textOf(header, 'tokenizer.ggml.model') ?? ''] ?? {};
  if (vocabulary === undefined) return;
  for (const [name, id] of Object.entries(defaults)) {
    const key = `tokenizer.ggml.${name}_token_id`;
    if (id < tokens || entryOf(header, key) !== undefined) continue;
    yield { place: entryPlace(vocabulary), data: { key, id: String(id), tokens, isDefault: true } };
  }
}
