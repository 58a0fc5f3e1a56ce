import { GgufError } from '../../errors.js';
import type { LlamaTool } from '../process/llama-tool.js';
import type { ProgramEnd } from '../process/run-program.js';
import { toolFailed } from '../process/tool-failed.js';
import { type DivergenceRequest, divergenceArguments } from './arguments.js';
import type { RunOptions } from './compute-logits.js';
import { type Divergence, type Estimate, isComplete } from './divergence.js';
import { type LogitsShape, scoredTokens } from './logits-size.js';
import { divergenceReader } from './parse-divergence.js';

/** llama-perplexity prints no statistics of fewer scored tokens, only its table (0.7.0). */
const MIN_TOKENS_OF_STATISTICS = 100;

/** It ends before its figures are printed in one run of some hundred, and on a busy machine in one of a few. */
const MAX_RUNS = 4;

/**
 * Compares a model with the scores of its base. Runs llama-perplexity again where it ended well but not all of its figures came
 * out, and takes what there is where they never do. Rejects with `engine-failed` where that is too little, where the program
 * failed, and where the model gives no numbers.
 */
export async function measureDivergence(
  perplexity: LlamaTool,
  request: Omit<DivergenceRequest, 'contextSize'>,
  shape: LogitsShape,
  options: RunOptions = {},
): Promise<Divergence> {
  let best: Divergence | undefined;
  for (let runs = 1; ; runs += 1) {
    const { divergence, end } = await runOnce(perplexity, request, shape, options);
    if (divergence !== undefined && isAllThereIs(divergence, shape)) return divergence;
    best = divergence ?? best;
    if (runs < MAX_RUNS) continue;
    if (best !== undefined) return best;
    throw toolFailed(perplexity, taskOf(request), end, `without its figures, ${runs} times`);
  }
}

/** A run that did not fail, and what came out. */
interface Run {
  readonly divergence: Divergence | undefined;
  readonly end: ProgramEnd;
}

async function runOnce(
  perplexity: LlamaTool,
  request: Omit<DivergenceRequest, 'contextSize'>,
  { contextSize, chunks }: LogitsShape,
  { signal, onProgress }: RunOptions,
): Promise<Run> {
  const reader = divergenceReader();
  onProgress?.({ done: 0, total: chunks });
  const end = await perplexity.run(divergenceArguments({ ...request, contextSize }), {
    signal,
    onLine: (stream, line) => {
      if (stream !== 'stdout') return;
      reader.add(line);
      onProgress?.({ done: Math.min(reader.chunks(), chunks), total: chunks });
    },
  });
  if (end.exitCode !== 0) throw toolFailed(perplexity, taskOf(request), end);
  const divergence = reader.result(chunks);
  if (divergence !== undefined) refuseWhatIsNoNumber(perplexity.program, request.model, divergence);
  return { divergence, end };
}

function isAllThereIs(divergence: Divergence, shape: LogitsShape): boolean {
  return isComplete(divergence) || shape.chunks * scoredTokens(shape) < MIN_TOKENS_OF_STATISTICS;
}

function taskOf({ model }: Pick<DivergenceRequest, 'model'>): string {
  return `to compare ${model} with its base`;
}

/** A model with a NaN among its weights scores every token NaN, and llama-perplexity ends with 0. */
function refuseWhatIsNoNumber(program: string, model: string, divergence: Divergence): void {
  for (const [figure, estimate] of Object.entries<Estimate | number>({ ...divergence })) {
    const values = typeof estimate === 'number' ? [estimate] : [estimate.value, estimate.error];
    const wrong = values.find((value) => !Number.isFinite(value));
    if (wrong === undefined) continue;
    const how = `${figure} is ${wrong}`;
    const message = `the scores of ${model} are no numbers: ${how}`;
    throw new GgufError('engine-failed', message, { engine: program, how, lastWords: [] });
  }
}
