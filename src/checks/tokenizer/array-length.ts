import { entryPlace } from '../../gguf/model.js';
import { defineRule } from '../check.js';
import { entryOf } from '../facts/keys.js';
import { TOKEN_TYPE_KEY, tokensEntry } from '../facts/tokens.js';

/** An array with one element a token that has another length. */
interface WrongLength {
  readonly key: string;
  readonly found: number;
  readonly tokens: number;
}

/** Scores or types that are not as many as the tokens. */
export const tokenizerArrayLength = defineRule<WrongLength>({
  id: 'tokenizer/array-length',
  severity: 'error',
  needs: 'header',
  affects: ['llama.cpp *'],
  docs: {
    summary: 'Scores and token types have one element for each token.',
    why: 'With fewer llama.cpp refuses the file: `Index out of array bounds`. Spare elements are ignored, but show that the vocabulary was cut or exchanged: they are a warning.',
    example: '32,001 tokens after one was added, and 32,000 scores.',
    remedy: 'Convert the model again, or give the added tokens a score and a type.',
    fix: 'None: which elements are missing or too many is not known.',
    sources: ['llama.cpp 0.7.0, llama-vocab.cpp'],
  },
  *find({ header }) {
    const tokens = tokensEntry(header)?.count;
    if (tokens === undefined) return;
    for (const key of ['tokenizer.ggml.scores', TOKEN_TYPE_KEY]) {
      const entry = entryOf(header, key);
      if (entry?.count === undefined || entry.count === tokens) continue;
      const data = { key, found: entry.count, tokens };
      yield { place: entryPlace(entry), data, severity: entry.count < tokens ? 'error' : 'warning' };
    }
  },
  describe: ({ key, found, tokens }) =>
    `'${key}' has ${found} elements, expected ${tokens}, one a token: ${
      found < tokens ? 'llama.cpp refuses to load the file' : 'the spare ones are ignored'
    }`,
});
