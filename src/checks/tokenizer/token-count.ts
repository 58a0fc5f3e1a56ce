import { findTensor, tensorPlace } from '../../gguf/model.js';
import { defineRule } from '../check.js';
import { architectureOf, kindOf } from '../facts/keys.js';
import { tokensEntry } from '../facts/tokens.js';
import { fitVocabulary } from './fit-vocabulary.js';

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
    remedy: 'Apply the fix with `--unsafe`, or convert the model again with the tokenizer that it was trained with.',
    fix: 'Unsafe: tokens, scores and types are cut to the rows of the embedding, or padded with unused tokens `[PADn]` as converters do; the weights stay. Tokens that are cut cannot be read or written any more. Nothing where a special token would be cut, or the tensors of the file disagree.',
    sources: [
      'ggml-org/llama.cpp#2914, #5910, #8445',
      'ollama/ollama, llama/compat/llama-ollama-compat.cpp: handle_gemma3, handle_gemma3n',
    ],
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
  fix: ({ rows }, { header }) => fitVocabulary(header, Number(rows)),
});
