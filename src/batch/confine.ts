import { readlink, realpath } from 'node:fs/promises';
import path from 'node:path';
import { GgufError } from '../errors.js';
import type { Layout } from './layout.js';
import type { ManifestModel, ManifestOutput } from './manifest/manifest.js';
import type { ReadManifest } from './manifest/read.js';
import { namedRecipe } from './manifest/recipe-names.js';

/**
 * Rejects with `not-writable` where a manifest, its outputs or a file that it names lie, links followed, outside of all roots.
 * Globs and folders are looked at by what they stand for, see `confineFiles`.
 */
export async function confine(manifest: ReadManifest, layout: Layout, roots: readonly string[]): Promise<void> {
  const { settings, folder } = manifest;
  const outputs = [...settings.outputs, ...settings.models.flatMap((model) => model.outputs ?? [])];
  const named = [
    ...[settings, ...settings.models].flatMap(namedByModel),
    ...outputs.flatMap(namedByOutput),
    ...(settings.check !== false && typeof settings.check.config === 'string' ? [settings.check.config] : []),
  ];
  const files = named.map((each) => path.resolve(folder, each));
  await confineFiles([manifest.path, ...Object.values(layout), ...files], roots);
}

/** Rejects with `not-writable` where a file lies, links followed, outside of all roots. */
export async function confineFiles(files: readonly string[], roots: readonly string[]): Promise<void> {
  const real = await Promise.all(roots.map((root) => realpath(root)));
  for (const file of files) {
    const found = await realOrToBe(path.resolve(file));
    if (real.some((root) => found === root || found.startsWith(root.endsWith(path.sep) ? root : root + path.sep)))
      continue;
    const why = 'it is outside of the folders that this worker was started with';
    throw new GgufError('not-writable', `will not touch ${file}: ${why}`, { path: file, why });
  }
}

/** The path with all links followed; of what is not there yet, the part of it that is, and what links would lead to. */
async function realOrToBe(file: string, links = 0): Promise<string> {
  const found = await realpath(file).catch(() => undefined);
  if (found !== undefined || path.dirname(file) === file) return found ?? file;
  const folder = await realOrToBe(path.dirname(file), links);
  const target = await readlink(path.join(folder, path.basename(file))).catch(() => undefined);
  // Links in a circle lead nowhere, and no file can be made through them.
  if (target === undefined || links > MAX_LINKS) return path.join(folder, path.basename(file));
  return await realOrToBe(path.resolve(folder, target), links + 1);
}

/** As many as Linux follows. */
const MAX_LINKS = 40;

function namedByModel({ imatrix, evaluate }: Pick<ManifestModel, 'imatrix' | 'evaluate'>): string[] {
  const values = imatrix === undefined || imatrix === false ? [] : ['file' in imatrix ? imatrix.file : imatrix.text];
  return evaluate === undefined || evaluate === false ? values : [...values, evaluate.text];
}

function namedByOutput({ making }: ManifestOutput): string[] {
  if (making.kind === 'like') return [making.source];
  return making.kind === 'recipe' && namedRecipe(making.name) === undefined ? [making.name] : [];
}
