import { entryPlace } from '../../gguf/model.js';
import { excerpt, quoted } from '../../gguf/printable.js';
import { defineRule } from '../check.js';
import { entryOf, textOf } from '../facts/keys.js';
import { tokensOfType } from '../facts/token-texts.js';
import { TOKEN_TYPES, TOKENS_KEY } from '../facts/tokens.js';

/** A byte token that does not name a byte. */
interface OddByteToken {
  readonly id: number;
  readonly text: string;
  /** How many there are. */
  readonly count: number;
  readonly model: string;
}

/** A token of type byte whose text is not `<0x00>` to `<0xFF>`. */
export const byteTokenText = defineRule<OddByteToken>({
  id: 'tokenizer/byte-token-text',
  severity: 'error',
  needs: 'header',
  affects: ['llama.cpp *'],
  docs: {
    summary: 'The text of a token of type 6 (byte) is `<0x00>` to `<0xFF>`.',
    why: 'llama.cpp takes the number from the text. For plamo2 before August 2026 `<0x-1>` writes in front of a buffer as soon as the file is loaded, an attack; newer ones refuse the file. Others abort, or print a wrong byte, when the token is printed.',
    example: 'A plamo2 vocabulary of 255 good byte tokens and `<0x-1>`.',
    remedy: 'Do not use a plamo2 file with such a token. In another vocabulary give the token type 1 (normal).',
    fix: 'None: what the token should be is unknown.',
    sources: ['ggml-org/llama.cpp#25969, #26511, #27226'],
  },
  *find({ header }) {
    const entry = entryOf(header, TOKENS_KEY);
    const [first, ...more] = tokensOfType(header, TOKEN_TYPES.byte).filter(({ text }) => !BYTE.test(text));
    if (entry === undefined || first === undefined) return;
    const model = textOf(header, 'tokenizer.ggml.model') ?? '';
    yield { place: entryPlace(entry), data: { ...first, count: 1 + more.length, model } };
  },
  describe: ({ id, text, count, model }) =>
    `'${TOKENS_KEY}' has ${count === 1 ? 'a byte token' : `${count} byte tokens`} with other text than <0x00> to <0xFF>, ${count === 1 ? 'id' : 'the first id'} ${id}, ${excerpt(text)}: ${model === 'plamo2' ? 'llama.cpp may write outside of a buffer' : `llama.cpp cannot print it as ${quoted(model)} does`}`,
});

const BYTE = /^<0x[0-9A-Fa-f]{2}>$/;
