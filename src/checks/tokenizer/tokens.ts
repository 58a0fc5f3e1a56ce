import { entryPlace } from '../../gguf/model.js';
import { defineRule } from '../check.js';
import { entryOf, textOf } from '../facts/keys.js';
import { TOKENS_KEY } from '../facts/tokens.js';
import { isWholeModel } from '../facts/whole-model.js';

/** A vocabulary that is not there, or is no list of texts. */
interface BadTokens {
  /** Type of the value; absent where the key is. */
  readonly found?: string;
}

/** A tokenizer without its tokens. */
export const tokenizerTokens = defineRule<BadTokens>({
  id: 'tokenizer/tokens',
  severity: 'error',
  needs: 'header',
  affects: ['llama.cpp *'],
  docs: {
    summary: 'A file that names a tokenizer has its tokens, as an array of strings.',
    why: 'llama.cpp refuses to load the file: `cannot find tokenizer vocab in model file`, or `invalid gguf type`.',
    example: '`tokenizer.ggml.model` is `llama`, but `tokenizer.ggml.tokens` is missing.',
    remedy: 'Convert the model again, or copy the tokenizer keys from a file of the same model.',
    fix: 'None: the tokens are nowhere else in the file.',
    sources: ['llama.cpp 0.7.0, measured on the smallest model that loads'],
  },
  *find({ header }) {
    const entry = entryOf(header, TOKENS_KEY);
    if (entry !== undefined) {
      const found = entry.type === 'array' ? `array of ${entry.itemType}` : entry.type;
      if (entry.itemType !== 'string') yield { place: entryPlace(entry), data: { found } };
      return;
    }
    const model = entryOf(header, 'tokenizer.ggml.model');
    if (model === undefined || !isWholeModel(header)) return;
    if (WITHOUT_TOKENS.has(textOf(header, model.key) ?? 'none')) return;
    yield { place: entryPlace(model), data: {} };
  },
  describe: ({ found }) =>
    found === undefined
      ? `'${TOKENS_KEY}' is missing: llama.cpp refuses to load the file`
      : `'${TOKENS_KEY}' is ${found}, expected array of string: llama.cpp refuses to load the file`,
});

const WITHOUT_TOKENS: ReadonlySet<string> = new Set(['none', 'no_vocab']);
