/** What the base's scores are computed of. */
export interface BaseRequest {
  readonly model: string;
  readonly text: string;
  /** The file that the scores go to. */
  readonly logits: string;
  /** Tokens of a chunk. */
  readonly contextSize: number;
  /** Chunks from the beginning of the text; `undefined` for all of it. */
  readonly chunks: number | undefined;
  readonly threads: number | undefined;
}

/** Arguments with which llama-perplexity writes the scores of a model for a text. */
export function baseArguments({ model, text, logits, contextSize, chunks, threads }: BaseRequest): string[] {
  const length = chunks === undefined ? [] : ['--chunks', `${chunks}`];
  return ['-m', model, '-f', text, ...sizes(contextSize, threads), ...length, '--kl-divergence-base', logits];
}

/** A model that is compared with scores. */
export interface DivergenceRequest {
  readonly model: string;
  readonly logits: string;
  /** Tokens of a chunk of the scores; with fewer llama-perplexity finds no room for one and ends with 0. */
  readonly contextSize: number;
  readonly threads: number | undefined;
}

/**
 * Arguments with which llama-perplexity compares a model with scores. The text is in the file of scores, and so is the
 * number of chunks: `--chunks` is ignored here.
 */
export function divergenceArguments({ model, logits, contextSize, threads }: DivergenceRequest): string[] {
  return ['-m', model, ...sizes(contextSize, threads), '--kl-divergence-base', logits, '--kl-divergence'];
}

/** Without `-t` llama.cpp takes every core; it has no notion of working without a thread of its own. */
function sizes(contextSize: number, threads: number | undefined): string[] {
  return ['-c', `${contextSize}`, ...(threads === undefined ? [] : ['-t', `${Math.max(1, threads)}`])];
}
