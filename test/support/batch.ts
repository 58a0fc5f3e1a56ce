import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type StepRecord, stepRecordSchema } from '../../src/batch/journal/record.js';
import type { ManifestFile } from '../../src/batch/manifest/schema.js';

/** Name of the manifest that `writeManifest` writes. */
export const MANIFEST = 'ggufix.batch.yaml';

/** Writes a manifest into a folder; JSON is YAML as well. */
export function writeManifest(folder: string, manifest: ManifestFile): string {
  const file = path.join(folder, MANIFEST);
  writeFileSync(file, JSON.stringify(manifest, null, 2));
  return file;
}

/** All records of the journals below an output folder, torn last lines left out. */
export function journalOf(root: string): StepRecord[] {
  const folder = path.join(root, '.ggufix-batch', 'journal');
  if (!existsSync(folder)) return [];
  const lines = readdirSync(folder).flatMap((name) =>
    readFileSync(path.join(folder, name), 'utf8').split('\n').slice(0, -1),
  );
  return lines.map((line) => stepRecordSchema.parse(JSON.parse(line)));
}

/** A file as it is: what is in it and when it was written. */
export interface FileState {
  readonly sha256: string;
  readonly mtimeMs: number;
}

/** Every file below a folder but the state of the batch, by its path in it, with slashes. */
export function filesBelow(root: string): ReadonlyMap<string, FileState> {
  const entries = readdirSync(root, { withFileTypes: true, recursive: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .filter((file) => !file.startsWith('.ggufix-batch/'))
    .sort();
  return new Map(files.map((file) => [file, stateOf(path.join(root, file))]));
}

/** The hashes alone, for what is to be the same in two folders. */
export function hashesBelow(root: string): Readonly<Record<string, string>> {
  return Object.fromEntries([...filesBelow(root)].map(([file, { sha256 }]) => [file, sha256]));
}

/** What a run left in the state folder that is no record: leases, unfinished files, scores. */
export function leftoversOf(root: string): string[] {
  const state = path.join(root, '.ggufix-batch');
  const folders = ['leases', 'work', 'scores'].map((name) => path.join(state, name)).filter((each) => existsSync(each));
  return folders.flatMap((folder) => readdirSync(folder));
}

function stateOf(file: string): FileState {
  const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
  return { sha256, mtimeMs: statSync(file).mtimeMs };
}
