import { mkdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { GgufError } from '../../errors.js';
import { openBaseLogits } from '../../quantizer/evaluate/base-logits.js';
import { compareQuant, type QuantEvaluation } from '../../quantizer/evaluate/evaluate-quant.js';
import type { StartWork } from '../../quantizer/quantize/progress.js';
import type { StepResult } from '../journal/record.js';
import { recordedFile, recordedPath } from '../layout.js';
import type { JobWork } from '../plan/work.js';
import type { StepContext } from './context.js';
import { requireTool } from './require-tool.js';

/** Computes the scores that outputs of a model are compared with. They are no result, and go with the last comparison. */
export async function computeScores(
  { model, evaluation }: Extract<JobWork, { kind: 'scores' }>,
  key: string,
  { layout, tools, threads, signal, startWork }: StepContext,
): Promise<StepResult> {
  await mkdir(layout.scores, { recursive: true });
  const file = path.join(layout.scores, `${key.slice(0, 32)}.kld`);
  // What a killed run left may be whole, but it did not come to note it.
  await rm(file, { force: true });
  const progress = chunkDisplay(startWork, 'scores of the model');
  try {
    await using logits = await openBaseLogits(requireTool(tools.perplexity, 'llama-perplexity'), {
      base: model.files[0],
      text: evaluation.text,
      chunks: evaluation.chunks,
      keepBase: file,
      threads,
      signal,
      onProgress: progress.update,
    });
    const { size } = await stat(logits.file);
    return { files: [{ path: recordedPath(layout, file), bytes: size }] };
  } finally {
    progress.end();
  }
}

/** Measures how far a file is from the model whose scores are there. */
export async function evaluateFile(
  file: string,
  scoresKey: string,
  { layout, tools, threads, signal, startWork, resultOf }: StepContext,
): Promise<StepResult> {
  const [scores] = resultOf(scoresKey)?.files ?? [];
  if (scores === undefined)
    throw new GgufError('not-found', 'the scores of the model are not there', { kind: 'file', name: scoresKey });
  const perplexity = requireTool(tools.perplexity, 'llama-perplexity');
  const progress = chunkDisplay(startWork, 'compare with the model');
  try {
    await using logits = await openBaseLogits(perplexity, { baseLogits: recordedFile(layout, scores.path), signal });
    return {
      evaluation: evaluationOf(
        await compareQuant(perplexity, file, logits, { threads, signal, onProgress: progress.update }),
      ),
    };
  } finally {
    progress.end();
  }
}

function evaluationOf(measured: QuantEvaluation): NonNullable<StepResult['evaluation']> {
  const { meanKld, medianKld, kld999, sameTop, perplexity, perplexityRatio, chunks } = measured;
  return {
    meanKld,
    ...(medianKld === undefined ? {} : { medianKld }),
    ...(kld999 === undefined ? {} : { kld999 }),
    sameTop,
    perplexity,
    perplexityRatio,
    chunks,
  };
}

function chunkDisplay(startWork: StartWork, label: string) {
  let display: ReturnType<StartWork> | undefined;
  return {
    update({ done, total }: { readonly done: number; readonly total: number }): void {
      display ??= startWork({ label, total, unit: 'items' });
      display.update(done);
    },
    end: () => display?.end(),
  };
}
