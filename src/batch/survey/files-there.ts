import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { parseShardName } from '../../sources/shard-name.js';
import type { FileThere } from './surveyed.js';

/** What is at the place of an output, seen from `root`: the file, else the shards that it may have become. */
export async function filesThere(root: string, place: string): Promise<readonly FileThere[]> {
  const whole = await fileThere(root, place);
  if (whole !== undefined) return [whole];
  const [folder, base] = [path.posix.dirname(place), path.posix.basename(place)];
  const names = await readdir(path.resolve(root, folder)).catch(() => []);
  const shards: FileThere[] = [];
  for (const name of names.filter((each) => isShardOf(each, base)).sort()) {
    const shard = await fileThere(root, path.posix.join(folder, name));
    if (shard !== undefined) shards.push(shard);
  }
  return shards;
}

async function fileThere(root: string, place: string): Promise<FileThere | undefined> {
  const found = await stat(path.resolve(root, place)).catch(() => undefined);
  return found === undefined ? undefined : { path: place, bytes: found.size, modified: found.mtimeMs };
}

function isShardOf(name: string, whole: string): boolean {
  return parseShardName(name)?.prefix === whole.replace(/\.gguf$/, '');
}
