import path from 'node:path';
import { findConfig } from './find.js';
import type { Config } from './read.js';
import { type FileSettings, NO_SETTINGS, settingsFor } from './settings.js';

/** Where configs come from: a file (`--config`), nowhere (`--no-config`), or the folders above each checked file. */
export type ConfigChoice = string | false | undefined;

/** What configs say of files; each config is looked for once a folder and read once. */
export interface ConfigFinder {
  settingsOf(file: string): Promise<FileSettings>;
}

/** Reads the config that was named at once: a slip in it is a slip of the whole run. */
export async function openConfigs(choice: ConfigChoice): Promise<ConfigFinder> {
  if (choice === false) return { settingsOf: async () => NO_SETTINGS };
  if (choice !== undefined) {
    const config = await read(choice);
    return { settingsOf: async (file) => settingsFor(config, file) };
  }
  const byFolder = remember(findConfig);
  const byPath = remember(read);
  return {
    async settingsOf(file) {
      const found = await byFolder(path.resolve(path.dirname(file)));
      return found === undefined ? NO_SETTINGS : settingsFor(await byPath(found), file);
    },
  };
}

/** Reading a config needs libraries that take longer to load than a header to check. */
async function read(file: string): Promise<Config> {
  const { readConfig } = await import('./read.js');
  return await readConfig(file);
}

function remember<T>(ask: (path: string) => Promise<T>): (path: string) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (asked) => {
    const answer = known.get(asked) ?? ask(asked);
    known.set(asked, answer);
    return answer;
  };
}
