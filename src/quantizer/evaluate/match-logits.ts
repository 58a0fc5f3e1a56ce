import { GgufError } from '../../errors.js';
import type { LogitsFile } from './logits-file.js';
import type { LogitsOrigin } from './logits-origin.js';
import type { ModelSize } from './model-size.js';

/** What scores must be of. What is `undefined` may be anything. */
export interface WantedLogits {
  readonly contextSize: number | undefined;
  /** At most so many chunks, the whole text, or what there is. */
  readonly chunks: number | 'all' | 'any';
  /** Model and text, where both are known. */
  readonly origin: LogitsOrigin | undefined;
}

/**
 * Throws `mismatch` where scores are of something else than what is wanted. Scores that ggufix did not keep do not say
 * what model and text they are of: these are taken at their owner's word.
 */
export function matchLogits(file: string, logits: LogitsFile, wanted: WantedLogits): void {
  const { contextSize, origin } = logits;
  if (origin !== undefined) {
    equal(file, 'base model', origin.model, wanted.origin?.model);
    equal(file, 'text', origin.text, wanted.origin?.text);
  }
  equal(file, 'tokens of a chunk', `${contextSize}`, wanted.contextSize?.toString());
  matchChunks(file, logits, wanted.chunks);
}

function matchChunks(file: string, { chunks, origin }: LogitsFile, wanted: WantedLogits['chunks']): void {
  if (wanted === 'any') return;
  // A text that ends before a limit has the same chunks without it.
  const isWhole = origin !== undefined && (origin.maxChunks ?? Number.POSITIVE_INFINITY) > chunks;
  if (wanted === 'all' ? isWhole : chunks === wanted || (isWhole && chunks < wanted)) return;
  const found = `${chunks}${isWhole ? '' : ', not the whole text'}`;
  equal(file, 'number of chunks', found, wanted === 'all' ? 'the whole text' : `${wanted}`);
}

/**
 * Throws `mismatch` where a model cannot be compared with scores, which have one for each token of a vocabulary.
 * llama-perplexity would run into an assertion.
 */
export function matchVocabulary(model: string, size: ModelSize, logits: Pick<LogitsFile, 'vocabularySize'>): void {
  equal(model, 'vocabulary', `${size.vocabularySize ?? 'none'}`, `${logits.vocabularySize}`);
}

function equal(path: string, what: string, found: string, expected: string | undefined): void {
  if (expected === undefined || found === expected) return;
  const message = `${path} does not fit: its ${what} is ${found}, expected ${expected}`;
  throw new GgufError('mismatch', message, { path, what, found, expected });
}
