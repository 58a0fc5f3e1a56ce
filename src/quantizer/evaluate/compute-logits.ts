import { requireSpace } from '../../edit/target.js';
import { type GgufError, isGgufError } from '../../errors.js';
import type { LlamaTool } from '../process/llama-tool.js';
import type { ProgramEnd } from '../process/run-program.js';
import { toolFailed } from '../process/tool-failed.js';
import { type BaseRequest, baseArguments } from './arguments.js';
import { baseProgressReader, type ChunkProgress } from './base-progress.js';
import { type LogitsFile, readLogitsFile } from './logits-file.js';
import { logitsBytes } from './logits-size.js';
import { readModelSize } from './model-size.js';

/** What a long run of llama-perplexity reports to and may be stopped by. */
export interface RunOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: ChunkProgress) => void) | undefined;
}

/**
 * Lets llama-perplexity compute the scores of a base. Ends it with `no-space` where there is no room for them, before
 * the first is written, and makes sure that all were. The file stays whatever happens; removing it is up to the caller.
 */
export async function computeLogits(
  perplexity: LlamaTool,
  request: BaseRequest,
  { signal, onProgress }: RunOptions = {},
): Promise<LogitsFile> {
  const { vocabularySize = 0 } = await readModelSize(request.model, signal);
  const noRoom = new AbortController();
  const reader = baseProgressReader();
  let room: Promise<void> | undefined;
  const look = (): void => {
    const progress = reader.progress();
    if (progress === undefined) return;
    const shape = { contextSize: request.contextSize, vocabularySize, chunks: progress.total };
    room ??= requireSpace(request.logits, logitsBytes(shape)).catch((error: unknown) => {
      // A file system that does not tell its free space is no reason to stop.
      if (isGgufError(error, 'no-space')) noRoom.abort(error);
    });
    onProgress?.(progress);
  };
  const end = await perplexity.run(baseArguments(request), {
    signal: signal === undefined ? noRoom.signal : AbortSignal.any([signal, noRoom.signal]),
    onLine: (stream, line) => {
      if (stream === 'stderr') reader.addLog(line);
      look();
    },
    onText: (stream, text) => {
      if (stream === 'stdout') reader.addOutput(text);
      look();
    },
  });
  await room;
  if (noRoom.signal.aborted) throw noRoom.signal.reason;
  return await verified(perplexity, request, end);
}

/** Exit code 0 says little: llama-perplexity has it also where the text is too short or the disk is full. */
async function verified(perplexity: LlamaTool, request: BaseRequest, end: ProgramEnd): Promise<LogitsFile> {
  const failed = (missing?: string): GgufError =>
    toolFailed(perplexity, `to compute the scores of ${request.model}`, end, missing);
  if (end.exitCode !== 0) throw failed();
  return await readLogitsFile(request.logits).catch((error: unknown) => {
    if (isGgufError(error, 'source-unreadable')) throw failed('without scores');
    if (!isGgufError(error, 'truncated')) throw error;
    const { need, have } = error.details;
    throw failed(`after ${have} of at least ${need} bytes of scores`);
  });
}
