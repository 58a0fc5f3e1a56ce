import path from 'node:path';

/** The parts of a shard's file name. */
export interface ShardName {
  /** `model` of `model-00001-of-00003.gguf`. */
  readonly prefix: string;
  /** From 1. */
  readonly number: number;
  readonly count: number;
  /** `.gguf`, as the name spells it. */
  readonly extension: string;
}

/** More shards than any real set has; 99,999 names would be looked up for a hostile one. */
export const MAX_SHARDS = 4096;

/** The parts of a name such as `model-00001-of-00003.gguf`; `undefined` for any other name. */
export function parseShardName(name: string): ShardName | undefined {
  const match = /-(\d{5})-of-(\d{5})(\.gguf)$/i.exec(name);
  if (match === null) return undefined;
  const [number, count] = [Number(match[1]), Number(match[2])];
  if (number < 1 || number > count) return undefined;
  return { prefix: name.slice(0, match.index), number, count, extension: match[3]! };
}

/**
 * The files that a model at this path has by its name: the shards of its set beside it, in order and spelt as it is, or
 * the file itself. Of a set that claims more than `MAX_SHARDS` so many of the first.
 */
export function shardPaths(file: string): readonly [string, ...string[]] {
  const named = parseShardName(path.basename(file));
  if (named === undefined) return [file];
  const { prefix, count, extension } = named;
  const shard = (number: number): string => path.join(path.dirname(file), shardName(prefix, number, count, extension));
  return [shard(1), ...Array.from({ length: Math.min(count, MAX_SHARDS) - 1 }, (_, index) => shard(index + 2))];
}

/** The paths of a new set of `count` shards that is to be called `out`, whose `.gguf` goes to the end of the names. */
export function newShardPaths(out: string, count: number): readonly string[] {
  const prefix = out.replace(/\.gguf$/i, '');
  return Array.from({ length: count }, (_, index) => shardName(prefix, index + 1, count));
}

/** The file name of a shard, as llama.cpp writes it. */
export function shardName(prefix: string, number: number, count: number, extension = '.gguf'): string {
  const padded = (value: number): string => String(value).padStart(5, '0');
  return `${prefix}-${padded(number)}-of-${padded(count)}${extension}`;
}
