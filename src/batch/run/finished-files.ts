import { stat } from 'node:fs/promises';
import path from 'node:path';
import { findJournal } from '../../edit/find-journal.js';
import { openModel } from '../../quantizer/quantize/open-model.js';
import { refuseBroken } from '../../quantizer/quantize/refuse-source.js';
import { hashFiles } from '../../sources/hash-files.js';
import { isPathBelow } from '../is-path-below.js';
import type { StepFile } from '../journal/record.js';

/** The folder that files go to in the end, and whether somebody noted that they are there. */
export interface Place {
  readonly folder: string;
  readonly isNoted: boolean;
}

/** Where files are that were made: each where it was made or, maybe, at its place. `undefined` where one is in neither. */
export async function finishedFiles(
  files: readonly StepFile[] | undefined,
  folder: string,
  place?: Place,
): Promise<readonly string[] | undefined> {
  if (files === undefined) return undefined;
  const found: string[] = [];
  for (const file of files) {
    // A journal is a file that others may have written: names in it lead nowhere else.
    if (!isPathBelow(file.path)) return undefined;
    const [made, out] = [path.join(folder, file.path), place && path.join(place.folder, file.path)];
    if ((await sizeOf(made)) === file.bytes) found.push(made);
    else if (out !== undefined && (await isPlaced(out, file, place?.isNoted === true))) found.push(out);
    else return undefined;
  }
  return found;
}

/** What nobody noted may be a file of other options that has the same size. */
async function isPlaced(out: string, { bytes, sha256 }: StepFile, isNoted: boolean): Promise<boolean> {
  return (await sizeOf(out)) === bytes && (isNoted || (await hashFiles([out])) === sha256);
}

/** Whether a file has all of its tensors, or its repair was stopped in the midst of it, which the next one settles. */
export async function isWhole(file: string): Promise<boolean> {
  try {
    if ((await findJournal(file)) !== undefined) return true;
    await using model = await openModel(file);
    refuseBroken(model);
    return true;
  } catch {
    return false;
  }
}

/** Bytes of a file; `undefined` where there is none. */
export async function sizeOf(file: string): Promise<number | undefined> {
  return (await stat(file).catch(() => undefined))?.size;
}
