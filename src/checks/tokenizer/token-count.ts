import { findTensor, tensorPlace } from '../../gguf/model.js';
import { defineRule } from '../check.js';
import { architectureOf, kindOf } from '../facts/keys.js';
import { tokensEntry } from '../facts/tokens.js';

/** An embedding with another number of rows than there are tokens. */
interface RowMismatch {
  readonly tensor: string;
  /** As text: dimensions may pass 2^53. */
  readonly rows: string;
  readonly tokens: number;
}

/** A vocabulary that is longer or shorter than the embedding. */
export const tokenCount = defineRule<RowMismatch>({
  id: 'tokenizer/token-count',
  severity: 'error',
  needs: 'header',
  affects: ['llama.cpp *'],
  docs: {
    summary: 'The embedding has one row for each token.',
    why: "llama.cpp refuses to load the file: `tensor 'token_embd.weight' has wrong shape`.",
    example:
      '32,001 tokens with 32,000 rows; or a Gemma 3n file with 262,400 tokens, and 262,144 rows in `per_layer_token_embd.weight`.',
    remedy: 'Drop the extra tokens, or pad the vocabulary with tokens of type 5 (unused), and convert again.',
    fix: 'None: tokens and weights must change together, and which of them is right is not known.',
    sources: ['llama.cpp#2914, #5910, #8445; the Gemma 3n compatibility code of Ollama'],
  },
  *find({ header }) {
    const tokens = tokensEntry(header)?.count;
    if (tokens === undefined || kindOf(header) !== 'model') return;
    const names = [
      'token_embd.weight',
      ...(architectureOf(header) === 'gemma3n' ? ['per_layer_token_embd.weight'] : []),
    ];
    for (const name of names) {
      const tensor = findTensor(header, name);
      const rows = tensor?.dims[1];
      if (tensor === undefined || rows === undefined || rows === BigInt(tokens)) continue;
      yield { place: tensorPlace(tensor), data: { tensor: name, rows: String(rows), tokens } };
    }
  },
  describe: ({ tensor, rows, tokens }) =>
    `'${tensor}' has ${rows} rows, expected ${tokens}, one a token: llama.cpp refuses to load the file`,
});
