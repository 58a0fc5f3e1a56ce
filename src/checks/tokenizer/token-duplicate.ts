import { entryPlace } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { defineRule } from '../check.js';
import { TOKENS_KEY, tokenFacts } from '../facts/tokens.js';

/** The first token whose text an earlier one has. */
interface DuplicateToken {
  readonly text: string;
  readonly first: number;
  readonly second: number;
  /** How many tokens repeat an earlier one. */
  readonly count: number;
}

/** A text that two tokens have. */
export const tokenDuplicate = defineRule<DuplicateToken>({
  id: 'tokenizer/token-duplicate',
  severity: 'error',
  needs: 'header',
  affects: ['llama.cpp *'],
  docs: {
    summary: 'No two tokens have the same text.',
    why: 'llama.cpp maps texts to ids and aborts the whole process when there are fewer texts than ids.',
    example: 'The vocabulary was padded with many tokens of the text `<pad>`.',
    remedy: 'Give each added token a text of its own, such as `[PAD32000]`, and convert again.',
    fix: 'None: which of the tokens is meant is not known, and a new text changes what a prompt can hold.',
    sources: ['llama.cpp 0.7.0: GGML_ASSERT on the size of the map'],
  },
  *find({ header }) {
    const { entry, duplicates } = tokenFacts(header) ?? {};
    if (entry !== undefined && duplicates?.count) yield { place: entryPlace(entry), data: duplicates };
  },
  describe: ({ text, first, second, count }) =>
    `'${TOKENS_KEY}' has ${quoted(text)} twice, as tokens ${first} and ${second}${
      count > 1 ? `, and ${count - 1} more repeated tokens` : ''
    }: llama.cpp aborts`,
});
