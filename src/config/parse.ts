import { parseYamlAs } from './parse-yaml.js';
import { type ConfigFile, configSchema } from './schema.js';

/**
 * Reads the text of a config file. Throws `bad-option` with every problem in it, each as `FILE:LINE:COLUMN: what`.
 * An empty file is a config that says nothing.
 */
export function parseConfig(text: string, file: string): ConfigFile {
  return parseYamlAs(configSchema, text, file);
}
