import { mkdtemp, readdir, rm } from 'node:fs/promises';
import path from 'node:path';

/**
 * Runs `work` with an empty folder of its own and removes that, whatever happens. The folder's path is `temp`, a hyphen
 * and something new each time: what a killed run started may still be writing to its own. The caller has the lock of the
 * file that `temp` belongs to, so older folders were left by killed runs, and go too.
 */
export async function withTempFolder<T>(temp: string, work: (folder: string) => Promise<T>): Promise<T> {
  await removeTempFolders(temp);
  const folder = await mkdtemp(`${temp}-`);
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Removes the folders that killed runs left, and says whether there were any. */
export async function removeTempFolders(temp: string): Promise<boolean> {
  const parent = path.dirname(temp);
  const prefix = `${path.basename(temp)}-`;
  const entries = await readdir(parent, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory() && entry.name.startsWith(prefix));
  for (const { name } of folders) await rm(path.join(parent, name), { recursive: true, force: true });
  return folders.length > 0;
}
