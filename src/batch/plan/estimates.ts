import type { SurveyedModel, SurveyedOutput } from '../survey/surveyed.js';

const MIB = 2 ** 20;
const GIB = 2 ** 30;

/** What reading, checking and changing files needs: they are streamed. */
export const STREAMING_MEMORY = 256 * MIB;

/** A program that runs the model holds all of it, and a context. */
export function runningMemory(bytes: number): number {
  return Math.ceil(bytes * 1.1) + GIB;
}

/** llama-quantize holds one tensor at a time: as it is, as float32, and as it becomes. */
export function quantizingMemory({ largestTensor, bytes }: SurveyedModel, { wanted }: SurveyedOutput): number {
  const { kind } = wanted.making;
  if (kind === 'fix' || kind === 'requantize') return STREAMING_MEMORY;
  const quantizing = largestTensor * (4 + 4 + 1) + STREAMING_MEMORY;
  // A plan measures in the running model.
  return kind === 'size' || kind === 'bpw' ? Math.max(quantizing, runningMemory(bytes)) : quantizing;
}

/** An output is written once; one that is split, or repaired by writing it anew, twice. */
export function outputScratch({ files, bytes }: SurveyedModel, output: SurveyedOutput, isSplit: boolean): number {
  const { making } = output.wanted;
  // Writing a file anew needs room for it once more. Only the largest of several shards counts, but sizes of shards are alike.
  if (making.kind === 'fix' && making.inPlace) return Math.ceil(bytes / files.length);
  return (output.bytes ?? bytes) * (isSplit ? 2 : 1);
}
