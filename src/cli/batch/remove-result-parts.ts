import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { isRunning } from '../../edit/holder.js';
import type { ResultFiles } from './write-results.js';

/** Milliseconds in which a report is written. Both times are of the machine that has the disk. */
const WRITE_MS = 500;

/** Removes what runs left that were killed while they wrote their results, which were written anew since. */
export async function removeResultParts(files: ResultFiles): Promise<void> {
  for (const file of Object.values(files)) {
    const names = await readdir(path.dirname(file)).catch(() => []);
    for (const name of names.filter((each) => each.startsWith(`.${path.basename(file)}.`))) {
      const [, pid] = /\.(\d+)-[0-9a-f]+\.tmp$/.exec(name) ?? [];
      const part = path.join(path.dirname(file), name);
      // A process of another machine may be at it just now.
      if (pid !== undefined && !isRunning(Number(pid)) && (await isOlder(part, file))) await rm(part, { force: true });
    }
  }
}

async function isOlder(part: string, file: string): Promise<boolean> {
  const [old, young] = await Promise.all([part, file].map((each) => stat(each).catch(() => undefined)));
  return old !== undefined && young !== undefined && young.mtimeMs - old.mtimeMs > WRITE_MS;
}
