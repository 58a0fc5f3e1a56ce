import { open } from 'node:fs/promises';
import path from 'node:path';
import { companionsOf } from '../../edit/companions.js';
import { withLock } from '../../edit/lock.js';
import { publish } from '../../edit/publish.js';
import { withTempFolder } from '../../edit/temp-folder.js';
import { isGgufError } from '../../errors.js';
import { openFile } from '../../sources/file.js';
import { shardPaths } from '../../sources/shard-name.js';
import type { LlamaTool } from '../process/llama-tool.js';
import { toolFailed } from '../process/tool-failed.js';
import { requireNewOutputs } from '../quantize/output-files.js';
import { findNonFinite } from './find-non-finite.js';
import { type Imatrix, readImatrix } from './imatrix.js';
import { type ImatrixJob, imatrixArguments } from './make-arguments.js';
import { type ImatrixEvent, imatrixLog } from './make-events.js';

/** Which imatrix is wanted. */
export interface ImatrixRequest extends Omit<ImatrixJob, 'output'> {
  readonly out: string;
  /** Whether a file that is there is replaced. */
  readonly force: boolean;
}

/** How a run reports and stops. */
export interface MakeOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: ImatrixEvent) => void) | undefined;
}

/** An imatrix that was made. */
export interface MadeImatrix {
  readonly imatrix: Imatrix;
  /** Chunks that the text was cut into. The file's own count is another one where a layer uses a tensor twice (Gemma 3n). */
  readonly chunks: number | undefined;
  /** Perplexity of the text, where llama-imatrix told one. */
  readonly perplexity: number | undefined;
}

/**
 * Lets llama-imatrix make an imatrix in a folder of its own beside the target, and moves it there once it proves usable:
 * llama-imatrix ends with 0 also where it could not write. Rejects with `engine-failed`, `source-unreadable` where model
 * or text are not there, `not-writable` where the target is; nothing is left of a run that failed.
 */
export async function makeImatrix(
  tool: LlamaTool,
  { out, force, ...job }: ImatrixRequest,
  options: MakeOptions = {},
): Promise<MadeImatrix> {
  const inputs = [...shardPaths(job.model), job.text];
  for (const input of inputs) await (await openFile(input))[Symbol.asyncDispose]();
  await requireNewOutputs({ out, shards: 1, sidecar: false, inputs, force });
  const target = path.resolve(out);
  const { lock, temp } = companionsOf(target);
  return await withLock(lock, target, () =>
    withTempFolder(temp, async (folder) => {
      const { file, ...made } = await makeIn(folder, tool, job, options);
      await publish([{ temp: file, out: target }], force);
      return { ...made, imatrix: { ...made.imatrix, uri: out } };
    }),
  );
}

async function makeIn(folder: string, tool: LlamaTool, job: Omit<ImatrixJob, 'output'>, options: MakeOptions) {
  const file = path.join(folder, 'imatrix.gguf');
  let chunks: number | undefined;
  let perplexity: number | undefined;
  const log = imatrixLog((event) => {
    if (event.kind === 'chunks') chunks = event.total;
    if (event.kind === 'estimate') perplexity = event.perplexity;
    options.onEvent?.(event);
  });
  const text = path.resolve(job.text);
  // The path of the text goes into the file, and its folder is nobody's business.
  const own = { ...job, model: path.resolve(job.model), text: path.basename(text), output: file };
  const end = await tool.run(imatrixArguments(own), {
    signal: options.signal,
    cwd: path.dirname(text),
    onLine: (_stream, line) => log.addLine(line),
    onText: (stream, piece) => {
      if (stream === 'stdout') log.addOutput(piece);
    },
  });
  const failed = (missing?: string) => toolFailed(tool, `to make an imatrix of ${job.model}`, end, missing);
  if (end.exitCode !== 0) throw failed();
  return { file, imatrix: await verified(file, failed, options.signal), chunks, perplexity };
}

/** What was written, once it is known to be whole and usable, and on the disk. */
async function verified(
  file: string,
  failed: (missing: string) => Error,
  signal: AbortSignal | undefined,
): Promise<Imatrix> {
  try {
    await using source = await openFile(file);
    const imatrix = await readImatrix(source, signal);
    const [bad] = await findNonFinite(source, imatrix, signal);
    if (bad !== undefined) throw failed(`with a weight of ${bad.tensor} that is ${bad.value}`);
    await using handle = await open(file, 'r+');
    await handle.sync();
    return imatrix;
  } catch (error) {
    if (isGgufError(error, 'source-unreadable')) throw failed('without a file');
    if (isGgufError(error, 'header-unreadable'))
      throw failed(`with a file that cannot be used: ${error.details.problem}`);
    throw error;
  }
}
