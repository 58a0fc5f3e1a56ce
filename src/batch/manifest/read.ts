import path from 'node:path';
import { parseYamlAs } from '../../config/parse-yaml.js';
import { MAX_MANIFEST_BYTES } from '../../limits.js';
import { readText } from '../../sources/text.js';
import type { Manifest } from './manifest.js';
import { manifestSchema } from './schema.js';

/** Name of the manifest. */
export const MANIFEST_NAME = 'ggufix.batch.yaml';

/** A manifest and where it stands: its paths are seen from there. */
export interface ReadManifest {
  /** Absolute. */
  readonly path: string;
  /** Absolute. */
  readonly folder: string;
  readonly settings: Manifest;
}

/**
 * Reads a batch manifest, YAML or JSON. Throws `bad-option` with every problem in it, each as `FILE:LINE:COLUMN: what`, or
 * where it is absurdly large, and `source-unreadable` where it cannot be read.
 */
export async function readManifest(file: string): Promise<ReadManifest> {
  const settings = parseManifest(await readText(file, MAX_MANIFEST_BYTES), file);
  const absolute = path.resolve(file);
  return { path: absolute, folder: path.dirname(absolute), settings };
}

/** Reads the text of a manifest; `file` is for messages. Throws `bad-option` as `readManifest`. */
export function parseManifest(text: string, file: string): Manifest {
  return parseYamlAs(manifestSchema, text, file);
}
