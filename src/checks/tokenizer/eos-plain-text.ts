import { entryPlace, type Header } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { isIntegerType } from '../../gguf/value-types.js';
import { scalarValue } from '../../gguf/values.js';
import { defineRule, type Found } from '../check.js';
import { entryOf, kindOf } from '../facts/keys.js';
import { EOM_KEY, EOS_KEY, EOT_KEY, STOP_TEXTS, specialId } from '../facts/stop-tokens.js';
import { tokenText } from '../facts/token-texts.js';
import { TOKEN_TYPES, tokensEntry, tokenTypeReader } from '../facts/tokens.js';

/** A word at which generation stops. */
interface PlainEnd {
  readonly key: string;
  readonly id: number;
  readonly text: string;
  /** Whether the key is missing and llama.cpp takes the id for this kind of tokenizer. */
  readonly isDefault: boolean;
}

/** A token of ordinary text that ends generation. */
export const eosPlainText = defineRule<PlainEnd>({
  id: 'tokenizer/eos-plain-text',
  severity: 'warning',
  needs: 'header',
  affects: ['llama.cpp *', 'ollama *'],
  docs: {
    summary: 'The tokens that end generation are markers, not words of a text.',
    why: 'Generation stops wherever the model writes that word: answers end in the middle. Without `eos_token_id` llama.cpp takes token 11 for a gpt2 tokenizer, the marker of Falcon; in GPT-2 it is a comma.',
    example: 'A gpt2 tokenizer without `tokenizer.ggml.eos_token_id`, whose token 11 is `,`.',
    remedy:
      'Set the key to the id of the end marker of the original model: `ggufix meta set FILE tokenizer.ggml.eos_token_id ID --as uint32`.',
    fix: 'None: which token ends a text of this model is not in the file.',
    sources: [
      'ggml-org/llama.cpp, src/llama-vocab.cpp: default special tokens, special_eog_ids',
      'llama.cpp 0.7.0, measured with llama-tokenize',
    ],
  },
  find: ({ header }) => (['model', 'vocabulary'].includes(kindOf(header)) ? [...plainEnds(header)] : []),
  describe: ({ key, id, text, isDefault }) =>
    `${isDefault ? `'${key}' is missing and llama.cpp takes` : `'${key}' is`} ${id}, which is the text ${quoted(text)} and no marker: generation stops at that text`,
});

function* plainEnds(header: Header): Generator<Found<PlainEnd>> {
  for (const key of [EOS_KEY, EOT_KEY, EOM_KEY]) {
    const entry = entryOf(header, key);
    if (entry === undefined || !isIntegerType(entry.type)) continue;
    const id = Number(scalarValue(entry));
    const text = plainText(header, id);
    if (text !== undefined) yield { place: entryPlace(entry), data: { key, id, text, isDefault: false } };
  }
  const tokens = tokensEntry(header);
  const eos = entryOf(header, EOS_KEY) === undefined ? specialId(header, 'eos') : undefined;
  const text = eos === undefined ? undefined : plainText(header, eos.id);
  if (tokens === undefined || eos === undefined || text === undefined) return;
  yield { place: entryPlace(tokens), data: { key: EOS_KEY, id: eos.id, text, isDefault: true } };
}

/** The text of a token that is typed as text and does not look like a marker either. */
function plainText(header: Header, id: number): string | undefined {
  const type = tokenTypeReader(header)?.(id);
  if (type !== TOKEN_TYPES.normal && type !== TOKEN_TYPES.byte) return undefined;
  const text = tokenText(header, id);
  if (text === undefined || STOP_TEXTS.has(text)) return undefined;
  // Converters gave markers the type of text before 2024: `<|endoftext|>`, `[SEP]`, `</s>`.
  const isMarker = type === TOKEN_TYPES.normal && /^[<[].*[>\]]$/su.test(text);
  return isMarker ? undefined : text;
}
