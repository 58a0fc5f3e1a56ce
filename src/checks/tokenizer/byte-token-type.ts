import { entryPlace } from '../../gguf/model.js';
import { arrayItems } from '../../gguf/values.js';
import { defineRule } from '../check.js';
import { entryOf } from '../facts/keys.js';
import { isSentencePiece, TOKEN_TYPE_KEY, TOKEN_TYPES, tokenFacts, tokenTypeReader } from '../facts/tokens.js';

/** Byte tokens that are typed as something else. */
interface MistypedBytes {
  readonly count: number;
  readonly firstId: number;
  readonly found: number;
}

/** Byte tokens with another type. */
export const byteTokenType = defineRule<MistypedBytes>({
  id: 'tokenizer/byte-token-type',
  severity: 'warning',
  needs: 'header',
  affects: ['llama.cpp *'],
  docs: {
    summary: 'In a SentencePiece vocabulary the tokens `<0x00>` to `<0xFF>` have type 6 (byte).',
    why: 'Only a byte token is printed as its byte: with another type an answer shows the text `<0x0A>` for a line break.',
    example: "Ollama's own Gemma 3n files, read by llama.cpp.",
    remedy: 'Apply the fix with `--unsafe`, or convert the model again.',
    fix: 'Unsafe: the 256 byte tokens get type 6, which changes how bytes are read and printed. Whoever wrote the types may have other tokens wrong as well.',
    sources: ['ollama/ollama, llama/compat/llama-ollama-compat.cpp: handle_gemma3n'],
  },
  *find({ header }) {
    const entry = entryOf(header, TOKEN_TYPE_KEY);
    const typeOf = tokenTypeReader(header);
    const facts = tokenFacts(header);
    if (entry === undefined || typeOf === undefined || facts === undefined || !isSentencePiece(header)) return;
    const wrong = [...facts.byteIds].filter((id) => id >= 0 && (typeOf(id) ?? 6) !== TOKEN_TYPES.byte);
    const [firstId] = wrong;
    if (firstId === undefined) return;
    yield { place: entryPlace(entry), data: { count: wrong.length, firstId, found: typeOf(firstId) ?? 0 } };
  },
  describe: ({ count, firstId, found }) =>
    `'${TOKEN_TYPE_KEY}' gives ${count} of the byte tokens another type, the first with id ${firstId} type ${found}, expected 6: bytes are printed as text such as <0x0A>`,
  fix: (_, { header }) => {
    const entry = entryOf(header, TOKEN_TYPE_KEY);
    const bytes = new Set(tokenFacts(header)?.byteIds ?? []);
    if (entry === undefined) return undefined;
    const items = Array.from(arrayItems(entry), (type, id) => (bytes.has(id) ? TOKEN_TYPES.byte : type));
    return {
      safety: 'unsafe',
      title: 'Make the byte tokens byte tokens',
      edits: [{ op: 'set-metadata', key: TOKEN_TYPE_KEY, value: { type: 'array', itemType: 'int32', items } }],
    };
  },
});
