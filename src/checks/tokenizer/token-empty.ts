import { entryPlace } from '../../gguf/model.js';
import { defineRule } from '../check.js';
import { TOKENS_KEY, tokenFacts } from '../facts/tokens.js';

/** Tokens without text. */
interface EmptyTokens {
  readonly first: number;
  readonly count: number;
}

/** A token without text. */
export const tokenEmpty = defineRule<EmptyTokens>({
  id: 'tokenizer/token-empty',
  severity: 'warning',
  needs: 'header',
  affects: ['llama.cpp *'],
  docs: {
    summary: 'Every token has a text.',
    why: 'No text is ever cut into such a token, and where the model answers with it nothing is printed. llama.cpp warns about each.',
    example: 'Token 5 of `tokenizer.ggml.tokens` is the empty string.',
    remedy: 'Convert the model again with its real tokenizer.',
    fix: 'None: the text is nowhere else in the file.',
    sources: ['llama.cpp 0.7.0, llama-vocab.cpp'],
  },
  *find({ header }) {
    const { entry, empty } = tokenFacts(header) ?? {};
    if (entry !== undefined && empty?.count) yield { place: entryPlace(entry), data: empty };
  },
  describe: ({ first, count }) =>
    `'${TOKENS_KEY}' has ${count} ${count === 1 ? 'token' : 'tokens'} without text, the first with id ${first}: no text is ever cut into it`,
});
