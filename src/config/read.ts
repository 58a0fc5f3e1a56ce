import path from 'node:path';
import { MAX_CONFIG_BYTES } from '../limits.js';
import { readText } from '../sources/text.js';
import { parseConfig } from './parse.js';
import type { ConfigFile } from './schema.js';

/** A config and where it stands: its globs are seen from there. */
export interface Config {
  /** Absolute. */
  readonly folder: string;
  readonly settings: ConfigFile;
}

/** Reads one config file. Throws `bad-option` where it is wrong or absurdly large, `source-unreadable` where it cannot be read. */
export async function readConfig(file: string): Promise<Config> {
  const text = await readText(file, MAX_CONFIG_BYTES);
  return { folder: path.resolve(path.dirname(file)), settings: parseConfig(text, file) };
}
