import { badOption } from '../../../errors.js';
import type { LlamaLibrary } from '../../embedded/library.js';
import { randomFraction, randomWords } from '../random.js';
import { divergence, toLogProbabilities } from './divergence.js';
import { drawToken } from './made-text.js';
import type { NoiseQuestion } from './protocol.js';
import { openRun, type ScoredRun } from './scored-run.js';
import type { PlacedToken } from './token-batch.js';

type Opening = Extract<NoiseQuestion, { kind: 'open' }>;
type Disturbing = Extract<NoiseQuestion, { kind: 'disturb' }>;

/** A model in llama.cpp that can be disturbed. */
export interface NoiseModel {
  /** Names of the tensors that take part, in the order of the work. */
  readonly tensors: readonly string[];
  /** Mean KL divergence in nats, over the scored tokens, of the disturbed model from the undisturbed one. */
  disturb(question: Disturbing): Promise<number>;
}

/**
 * Loads the model and computes its undisturbed scores. Throws `unavailable` where llama.cpp cannot run it, `bad-option` where a
 * text is too short.
 */
export async function openNoiseModel(library: LlamaLibrary, opening: Opening): Promise<NoiseModel> {
  const run = await openRun(library, opening);
  const { vocabularySize, watch } = run;
  const tokens = opening.texts === undefined ? await madeTokens(run, opening) : textTokens(run, opening, opening.texts);
  const placed = placeTokens(tokens, opening.extent.unscored);
  const base = await logProbabilities(run, placed);
  return {
    tensors: [...watch.seen],
    async disturb({ tensors, error, seed }) {
      watch.disturb(new Set(tensors), { error, random: randomWords(seed) });
      const disturbed = await logProbabilities(run, placed);
      watch.disturb(new Set(), undefined);
      const rows = base.length / vocabularySize;
      const parts = Array.from(
        { length: rows },
        (_, row) => [row * vocabularySize, (row + 1) * vocabularySize] as const,
      );
      return (
        parts.reduce((sum, part) => sum + divergence(base.subarray(...part), disturbed.subarray(...part)), 0) / rows
      );
    },
  };
}

/** Texts that the model makes up itself, each token drawn with the probability that it gives: what it was trained on. */
async function madeTokens(run: ScoredRun, { extent, seed }: Opening): Promise<readonly number[][]> {
  const { sequences, unscored, scored } = extent;
  const random = randomWords(seed);
  const first = (): number =>
    run.beginToken >= 0 ? run.beginToken : Math.floor(randomFraction(random) * run.vocabularySize);
  const texts = Array.from({ length: sequences }, () => [first()]);
  run.clear();
  for (let position = 0; position < unscored + scored - 1; position += 1) {
    const scores = await run.scores(
      texts.map((text, sequence) => ({ token: text.at(-1) ?? 0, sequence, position, isScored: true })),
    );
    for (const [sequence, text] of texts.entries()) {
      const start = sequence * run.vocabularySize;
      text.push(drawToken(scores.subarray(start, start + run.vocabularySize), random));
    }
  }
  return texts;
}

function textTokens(run: ScoredRun, { extent }: Opening, texts: readonly string[]): readonly (readonly number[])[] {
  const length = extent.unscored + extent.scored;
  return texts.map((text) => {
    const tokens = run.tokenize(text, length);
    if (tokens.length === length) return tokens;
    throw badOption(`a piece of the text has ${tokens.length} tokens, expected at least ${length}: take a longer text`);
  });
}

function placeTokens(texts: readonly (readonly number[])[], unscored: number): PlacedToken[] {
  return texts.flatMap((text, sequence) =>
    text.map((token, position) => ({ token, sequence, position, isScored: position >= unscored })),
  );
}

/** The scores of all scored tokens as logarithms of probabilities, row after row. */
async function logProbabilities(run: ScoredRun, tokens: readonly PlacedToken[]): Promise<Float32Array> {
  run.clear();
  const scores = await run.scores(tokens);
  for (let start = 0; start < scores.length; start += run.vocabularySize) {
    toLogProbabilities(scores.subarray(start, start + run.vocabularySize));
  }
  return scores;
}
