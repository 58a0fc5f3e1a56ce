import { appendFile, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { companionsOf } from '../../edit/companions.js';
import { withLock } from '../../edit/lock.js';
import { publish } from '../../edit/publish.js';
import { requireNewFile } from '../../edit/target.js';
import { withTempFolder } from '../../edit/temp-folder.js';
import { badOption } from '../../errors.js';
import type { LlamaTool } from '../process/llama-tool.js';
import { computeLogits, type RunOptions } from './compute-logits.js';
import { type LogitsFile, readLogitsFile } from './logits-file.js';
import { type LogitsOrigin, originOf } from './logits-origin.js';
import type { LogitsShape } from './logits-size.js';
import { matchLogits, type WantedLogits } from './match-logits.js';

/** Which scores are wanted and where they come from. */
export interface BaseOptions extends RunOptions {
  /** The model that the quants were made of. Needed unless there is `baseLogits`. */
  readonly base?: string | undefined;
  /** The text. Needed unless there is `baseLogits`. */
  readonly text?: string | undefined;
  /** Tokens of a chunk; where absent those of the scores that are there, else 512. */
  readonly contextSize?: number | undefined;
  /** Chunks from the beginning of the text; where absent all. */
  readonly chunks?: number | undefined;
  readonly threads?: number | undefined;
  /** Folder for the scores that are not kept; the system's own where absent. */
  readonly workFolder?: string | undefined;
  /** Scores that are there, which must fit. */
  readonly baseLogits?: string | undefined;
  /** Where to keep the scores. If they are there already, they must fit and are used. */
  readonly keepBase?: string | undefined;
}

/** Scores of a base, ready for use. Disposing of them removes them if they were not to be kept. */
export interface BaseLogits extends AsyncDisposable {
  readonly file: string;
  readonly shape: LogitsShape;
  /** Whether they were there already. */
  readonly isReused: boolean;
}

/** Tokens of a chunk, as llama-perplexity takes by itself. */
export const DEFAULT_CONTEXT_SIZE = 512;

/**
 * Finds or computes the scores of a base. Rejects with `mismatch` where those that are there are of something else,
 * `no-space` where new ones have no room, `engine-failed` where llama-perplexity does not make them, `locked` where another
 * process makes those to be kept, `not-writable` where they have no place, or it was taken meanwhile.
 */
export async function openBaseLogits(perplexity: LlamaTool, options: BaseOptions): Promise<BaseLogits> {
  const { baseLogits, keepBase, signal } = options;
  if (baseLogits !== undefined) return await reuse(baseLogits, options, options.chunks ?? 'any');
  if (keepBase !== undefined) {
    if (await exists(keepBase)) return await reuse(keepBase, options, options.chunks ?? 'all');
    await requireNewFile(keepBase, false);
  }
  const { base, text } = options;
  if (base === undefined || text === undefined) {
    throw badOption('computing the scores of a base needs --base and --text');
  }
  const request = {
    model: base,
    text,
    contextSize: options.contextSize ?? DEFAULT_CONTEXT_SIZE,
    chunks: options.chunks,
    threads: options.threads,
  };
  const compute = (logits: string): Promise<LogitsFile> => computeLogits(perplexity, { ...request, logits }, options);
  if (keepBase === undefined) return await temporary(options.workFolder ?? tmpdir(), compute);
  return await kept(keepBase, await originOf(base, text, options.chunks, signal), compute);
}

async function reuse(file: string, options: BaseOptions, chunks: WantedLogits['chunks']): Promise<BaseLogits> {
  const { base, text, contextSize, signal } = options;
  const logits = await readLogitsFile(file, signal);
  const origin = base === undefined || text === undefined ? undefined : await originOf(base, text, undefined, signal);
  matchLogits(file, logits, { contextSize, chunks, origin });
  return { file, shape: logits, isReused: true, async [Symbol.asyncDispose]() {} };
}

async function temporary(folder: string, compute: (file: string) => Promise<LogitsFile>): Promise<BaseLogits> {
  const own = await mkdtemp(path.join(folder, 'ggufix-evaluate-'));
  const remove = (): Promise<void> => rm(own, { recursive: true, force: true });
  const file = path.join(own, 'base.kld');
  try {
    return { file, shape: await compute(file), isReused: false, [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Whoever is killed while it computes must not leave a part that looks like the whole. */
async function kept(
  file: string,
  origin: LogitsOrigin,
  compute: (file: string) => Promise<LogitsFile>,
): Promise<BaseLogits> {
  const target = path.resolve(file);
  const { lock, temp } = companionsOf(target);
  const shape = await withLock(lock, target, () =>
    withTempFolder(temp, async (folder) => {
      const made = path.join(folder, path.basename(target));
      const logits = await compute(made);
      await appendFile(made, JSON.stringify(origin), { flush: true });
      await publish([{ temp: made, out: target }], false);
      return logits;
    }),
  );
  return { file, shape, isReused: false, async [Symbol.asyncDispose]() {} };
}

async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined)) !== undefined;
}
