import { stat } from 'node:fs/promises';
import path from 'node:path';
import { GgufError } from '../errors.js';
import { isRemote, unsupported } from './remote.js';
import { MAX_SHARDS, parseShardName, shardPaths } from './shard-name.js';

/** One file that a source argument stands for, or why the argument stands for none. */
export interface ExpandedSource {
  /** The path as given or found; the argument itself where there is an `error`. */
  readonly source: string;
  readonly error?: GgufError;
}

/**
 * The files that source arguments stand for: a path is itself, a folder all `*.gguf` in it at any depth, a glob what it
 * matches, both sorted. A file that two arguments name comes once. An argument that leads nowhere is an item with an
 * error, so that it stops none of the others.
 */
export async function expandSources(args: readonly string[]): Promise<readonly ExpandedSource[]> {
  const found: ExpandedSource[] = [];
  for (const arg of args) found.push(...(await expandOne(arg)));
  return onceEach(found);
}

/** The same, where a shard stands for its whole set: for all of its files that are there, in their order. */
export async function expandSets(args: readonly string[]): Promise<readonly ExpandedSource[]> {
  const found: ExpandedSource[] = [];
  const sets = new Set<string>();
  for (const item of await expandSources(args)) {
    const [set] = shardPaths(item.source);
    if (sets.has(set)) continue;
    const files = item.error === undefined ? await filesOfSet(item.source) : [];
    if (files.length > 1) sets.add(set);
    found.push(...(files.length > 1 ? files.map((source) => ({ source })) : [item]));
  }
  return onceEach(found);
}

function onceEach(found: readonly ExpandedSource[]): readonly ExpandedSource[] {
  return [...new Map(found.map((item) => [path.resolve(item.source), item])).values()];
}

/** A file that was asked for is one of them, whether it is there or not: who opens it says why it cannot be. */
async function filesOfSet(file: string): Promise<string[]> {
  const number = parseShardName(path.basename(file))?.number;
  if (number === undefined || number > MAX_SHARDS) return [file];
  const files: string[] = [];
  for (const [index, shard] of shardPaths(file).entries()) {
    if (index + 1 === number) files.push(file);
    else if ((await stat(shard).catch(() => undefined))?.isFile() === true) files.push(shard);
  }
  return files;
}

async function expandOne(arg: string): Promise<readonly ExpandedSource[]> {
  // What exists is itself, also with brackets or a colon in its name.
  const stats = await stat(arg).catch(() => undefined);
  if (stats?.isDirectory()) return await inFolder(arg);
  if (stats !== undefined) return [{ source: arg }];
  if (isRemote(arg)) return [{ source: arg, error: unsupported(arg) }];
  const { isDynamicPattern } = await import('tinyglobby');
  // A path that does not exist is left to whoever opens it, who can say why.
  return isDynamicPattern(slashed(arg)) ? await matching(arg) : [{ source: arg }];
}

async function inFolder(folder: string): Promise<readonly ExpandedSource[]> {
  const { glob } = await import('tinyglobby');
  const names = await glob('**/*.gguf', { cwd: folder, caseSensitiveMatch: false });
  if (names.length === 0) return [notFound(folder, `no .gguf file in folder ${folder}`)];
  return names.sort().map((name) => ({ source: path.join(folder, name) }));
}

async function matching(pattern: string): Promise<readonly ExpandedSource[]> {
  const { glob } = await import('tinyglobby');
  const names = await glob(slashed(pattern), { absolute: path.isAbsolute(pattern), expandDirectories: false });
  if (names.length === 0) return [notFound(pattern, `no file matches ${pattern}`)];
  return names.sort().map((name) => ({ source: path.normalize(name) }));
}

/** Globs are written with slashes; Windows users type backslashes, which would escape the next character. */
function slashed(pattern: string): string {
  return path.sep === '\\' ? pattern.replaceAll('\\', '/') : pattern;
}

function notFound(source: string, message: string): ExpandedSource {
  return { source, error: new GgufError('not-found', message, { kind: 'file', name: source }) };
}
