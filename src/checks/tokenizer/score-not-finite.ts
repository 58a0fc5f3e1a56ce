import { entryPlace } from '../../gguf/model.js';
import { defineRule } from '../check.js';
import { entryOf } from '../facts/keys.js';

const KEY = 'tokenizer.ggml.scores';

/** Scores that are no numbers. */
interface NotFinite {
  readonly count: number;
  readonly first: number;
}

/** A score that is NaN or infinite. */
export const scoreNotFinite = defineRule<NotFinite>({
  id: 'tokenizer/score-not-finite',
  severity: 'warning',
  needs: 'header',
  affects: ['llama.cpp *'],
  docs: {
    summary: 'All scores are finite numbers.',
    why: 'A SentencePiece tokenizer merges the pair with the best score. NaN compares with nothing, so the order is undefined and text is cut differently than in training.',
    example: 'The score of token 3 is NaN.',
    remedy: 'Convert the model again with its real tokenizer.',
    fix: 'None: the scores are nowhere else in the file.',
    sources: ['llama.cpp 0.7.0, llama-vocab.cpp'],
  },
  *find({ header }) {
    const entry = entryOf(header, KEY);
    if (entry?.itemType !== 'float32') return;
    const { raw, valueAt, count: length = 0 } = entry;
    let count = 0;
    let first = -1;
    for (let i = 0; i < length; i += 1) {
      const at = valueAt + i * 4;
      // All bits of the exponent are set in an infinity or a NaN, and in no other float32.
      if (((raw[at + 3] ?? 0) & 0x7f) !== 0x7f || ((raw[at + 2] ?? 0) & 0x80) === 0) continue;
      if (count === 0) first = i;
      count += 1;
    }
    if (count > 0) yield { place: entryPlace(entry), data: { count, first } };
  },
  describe: ({ count, first }) =>
    `'${KEY}' has ${count} elements that are NaN or infinite, the first for token ${first}: text is cut in no defined way`,
});
