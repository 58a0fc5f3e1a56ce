import { entryPlace } from '../../gguf/model.js';
import { firstItems } from '../../gguf/values.js';
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
    fix: 'Safe for spare elements: they are cut off, llama.cpp never looks at them. Nothing where elements are missing: what they should be is not known.',
    sources: ['ggml-org/llama.cpp, src/llama-vocab.cpp: n_scores, n_toktypes; measured with llama-tokenize 0.7.0'],
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
  fix: ({ key, found, tokens }, { header }) => {
    const entry = entryOf(header, key);
    const itemType = entry?.itemType;
    if (entry === undefined || found < tokens || tokens > MAX_TOKENS) return undefined;
    if (itemType !== 'float32' && itemType !== 'int32') return undefined;
    return {
      safety: 'safe',
      title: `Cut ${key} to ${tokens} elements`,
      edits: [
        { op: 'set-metadata', key, value: { type: 'array', itemType, items: firstItems(entry, tokens).map(Number) } },
      ],
    };
  },
});

/** Largest vocabulary that is written: four times the largest known. */
const MAX_TOKENS = 2 ** 20;
