import { findTensor, type Header, tensorPlace } from '../../gguf/model.js';
import { defineRule, type Found } from '../check.js';
import { entryOf } from '../facts/keys.js';

const TABLE = 'per_layer_token_embd.weight';

/** Rows of the per-layer table, and what they should be. Decimal strings: a hostile file has more than 2^53. */
interface Rows {
  readonly rows: string;
  readonly expected: string;
  /** Where the expected number comes from. */
  readonly of: 'tokens' | 'token_embd';
}

/** A per-layer embedding table with another number of rows than the vocabulary has tokens. */
export const vocabularyPadding = defineRule<Rows>({
  id: 'gemma3n/vocabulary-padding',
  severity: 'error',
  needs: 'header',
  affects: ['llama.cpp *', 'ollama >=0.30.0'],
  docs: {
    summary: 'The tensor `per_layer_token_embd.weight` has one row for each token of the vocabulary.',
    why: "llama.cpp takes the size of the vocabulary from the list of tokens and refuses a table of another shape. Ollama's own engine (up to 0.30) reads such files.",
    example:
      "Ollama's converter wrote 262400 tokens, 256 of them for images and sound, but 262144 rows in `per_layer_token_embd.weight`.",
    remedy:
      'Convert the model with llama.cpp; or cut tokens, scores, token types and `token_embd.weight` to the rows of the table.',
    fix: 'None: rows of a tensor would have to be cut or invented.',
    sources: ['llama.cpp 0.7.0, src/models/gemma3n.cpp', 'ollama v0.9.3, convert/convert_gemma3n.go'],
  },
  find: ({ header }) => find(header),
  describe: ({ rows, expected, of }) =>
    `tensor '${TABLE}' has ${rows} rows, expected ${expected} as ${of === 'tokens' ? 'there are tokens' : "'token_embd.weight' has"}: llama.cpp refuses to load the model`,
});

function find(header: Header): Found<Rows>[] {
  const table = findTensor(header, TABLE);
  const rows = table?.dims[1];
  if (table === undefined || rows === undefined) return [];
  const tokens = entryOf(header, 'tokenizer.ggml.tokens')?.count;
  const expected = tokens === undefined ? findTensor(header, 'token_embd.weight')?.dims[1] : BigInt(tokens);
  if (expected === undefined || expected === rows) return [];
  const of = tokens === undefined ? 'token_embd' : 'tokens';
  return [{ place: tensorPlace(table), data: { rows: String(rows), expected: String(expected), of } }];
}
