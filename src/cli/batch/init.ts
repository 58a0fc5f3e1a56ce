import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { MANIFEST_NAME } from '../../batch/manifest/read.js';
import { starterManifest } from '../../batch/manifest/starter.js';
import { writeText } from '../../edit/write-text.js';
import { GgufError } from '../../errors.js';
import { printable } from '../../gguf/printable.js';
import type { SharedFlags } from '../flags.js';
import type { Terminal } from '../terminal.js';
import { findBatchModels } from './find-models.js';

/** The flags of `ggufix batch init`. */
export interface BatchInitFlags extends Pick<SharedFlags, 'json' | 'quiet'> {
  /** Replace a manifest that is there. */
  readonly force: boolean;
  /** Where the manifest goes; `ggufix.batch.yaml` in the folder where absent. */
  readonly output?: string | undefined;
}

/**
 * `ggufix batch init FOLDER`: writes a manifest for the models in a folder that quants can be made of. Rejects with
 * `not-found` where there are none, and `not-writable` where a manifest is there already.
 */
export async function batchInit(terminal: Terminal, folder: string, flags: BatchInitFlags): Promise<void> {
  const manifest = flags.output ?? path.join(folder, MANIFEST_NAME);
  if (!flags.force) await refuseExisting(manifest);
  const models = await findBatchModels(folder, terminal.signal);
  if (models.length === 0) {
    const message = `no model in F32, F16 or BF16 in folder ${folder}: quants are made of those`;
    throw new GgufError('not-found', message, { kind: 'file', name: folder });
  }
  const listed = models.map(({ source, imatrix }) => ({
    source: seenFrom(manifest, source),
    ...(imatrix === undefined ? {} : { imatrix: seenFrom(manifest, imatrix) }),
  }));
  await writeText(manifest, starterManifest(listed));
  if (flags.json)
    terminal.out(`${JSON.stringify({ schema: 'ggufix.batch-init/1', manifest, models: listed }, null, 2)}\n`);
  else if (!flags.quiet) terminal.out(summary(manifest, listed));
}

type Listed = readonly { readonly source: string; readonly imatrix?: string }[];

function summary(manifest: string, models: Listed): string {
  const lines = models.map(({ source, imatrix }) => `  ${source}${imatrix === undefined ? '' : `, with ${imatrix}`}`);
  return [`${manifest}: ${models.length === 1 ? '1 model' : `${models.length} models`}`, ...lines]
    .map((line) => `${printable(line)}\n`)
    .join('');
}

async function refuseExisting(manifest: string): Promise<void> {
  if ((await lstat(manifest).catch(() => undefined)) === undefined) return;
  const why = 'it is there already; --force replaces it';
  throw new GgufError('not-writable', `will not write ${manifest}: ${why}`, { path: manifest, why });
}

/** Manifests have slashes on every system, so that they can be shared. */
function seenFrom(manifest: string, file: string): string {
  return path
    .relative(path.dirname(path.resolve(manifest)), path.resolve(file))
    .split(path.sep)
    .join('/');
}
