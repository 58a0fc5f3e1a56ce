import path from 'node:path';
import { parseShardName } from '../../sources/shard-name.js';

/**
 * A name for each file that is as short as tells it from the others: what all names begin with is left out, as far as
 * whole words go, and so are folders, `.gguf` and a shard's number. `gemma-Q4_K_M.gguf` beside `gemma-Q6_K.gguf` is
 * `Q4_K_M`.
 */
export function shortLabels(sources: readonly string[]): string[] {
  const names = sources.map(nameOf);
  // Files of one name in several folders are told apart by their folders.
  const texts = new Set(names).size === names.length ? names : sources.map((source) => source.replaceAll('\\', '/'));
  const shared = texts.length < 2 ? 0 : sharedWords(texts);
  return texts.map((text) => text.slice(shared));
}

function nameOf(source: string): string {
  const name = path.basename(source.replaceAll('\\', '/'));
  return parseShardName(name)?.prefix ?? name.replace(/\.gguf$/i, '');
}

/** Length of the words that all texts begin with, none of them taken whole. */
function sharedWords(texts: readonly string[]): number {
  const [first = '', ...others] = texts;
  const isShared = (length: number): boolean =>
    others.every((other) => other.length > length && other.startsWith(first.slice(0, length)));
  let shared = 0;
  for (const { index } of first.matchAll(/[-_. /]/g)) {
    if (index + 1 < first.length && isShared(index + 1)) shared = index + 1;
  }
  return shared;
}
