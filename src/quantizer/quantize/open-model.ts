import path from 'node:path';
import { GgufError } from '../../errors.js';
import { describeProblem } from '../../gguf/describe-problem.js';
import type { Header } from '../../gguf/model.js';
import { readHeader, requireComplete } from '../../gguf/parse.js';
import { type FileSource, openFile } from '../../sources/file.js';
import { MAX_SHARDS, parseShardName, shardPaths } from '../../sources/shard-name.js';

/** One file of a model. */
export interface ModelFile {
  readonly source: FileSource;
  readonly header: Header;
}

/** A model that is to be read: one file, or all shards of a set. */
export interface Model extends AsyncDisposable {
  readonly files: readonly [ModelFile, ...ModelFile[]];
  /** The metadata of the first file and the tensors of all, in order. Their offsets are those in their own files. */
  readonly header: Header;
}

/**
 * Opens a model by the path of its file, or of any of its shards. Rejects with `source-unreadable` where a shard is
 * missing, `header-unreadable` where one could not be parsed to its end, `over-limit` where there would be too many.
 */
export async function openModel(file: string, signal?: AbortSignal): Promise<Model> {
  refuseTooMany(file);
  const files: ModelFile[] = [];
  const close = async (): Promise<void> => {
    for (const { source } of files) await source[Symbol.asyncDispose]();
  };
  try {
    for (const each of shardPaths(file)) files.push(await openWhole(each, signal));
  } catch (error) {
    await close();
    throw error;
  }
  const [first, ...others] = files;
  if (first === undefined) throw new TypeError('a model has at least one file');
  const header = { ...first.header, tensors: files.flatMap((each) => each.header.tensors) };
  return { files: [first, ...others], header, [Symbol.asyncDispose]: close };
}

function refuseTooMany(file: string): void {
  const { count = 1 } = parseShardName(path.basename(file)) ?? {};
  if (count <= MAX_SHARDS) return;
  const details = { at: 0, what: 'shards', value: String(count), limit: MAX_SHARDS };
  throw new GgufError('over-limit', `${file} is one of ${count} shards, expected at most ${MAX_SHARDS}`, details);
}

async function openWhole(file: string, signal?: AbortSignal): Promise<ModelFile> {
  const source = await openFile(file);
  try {
    const header = requireComplete(
      await readHeader(source, signal),
      (problem) => `${file}: ${describeProblem(problem)}`,
    );
    return { source, header };
  } catch (error) {
    await source[Symbol.asyncDispose]();
    throw error;
  }
}
