import { stat } from 'node:fs/promises';
import path from 'node:path';

/** Name of the config file. */
export const CONFIG_NAME = 'ggufix.config.yaml';

/**
 * Path of the config that holds for the files of a folder: in it or the nearest folder above that has one. The search
 * ends at a folder with `.git`, so that a project does not depend on what lies around it.
 */
export async function findConfig(folder: string): Promise<string | undefined> {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    const file = path.join(at, CONFIG_NAME);
    if (await exists(file)) return file;
    if ((await exists(path.join(at, '.git'))) || at === path.dirname(at)) return undefined;
  }
}

async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined)) !== undefined;
}
