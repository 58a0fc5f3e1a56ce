import { access, constants, lstat, open, readlink, stat } from 'node:fs/promises';
import path from 'node:path';
import { GgufError } from '../errors.js';

/** The file that a text becomes. */
export interface TextPlace {
  /** Behind all links, which stay. */
  readonly target: string;
  /** Of the file that is there. */
  readonly mode: number | undefined;
}

/**
 * Where a report to `file` goes; `undefined` for what is no regular file (a pipe, `/dev/null`), which is written to as it
 * is. Rejects with `not-writable` where it has no place, or would take that of a model: `--format json=model.gguf` is a
 * slip.
 */
export async function placeOfText(file: string): Promise<TextPlace | undefined> {
  const stats = await stat(file).catch(() => undefined);
  if (stats?.isDirectory() === true || file.endsWith('/') || file.endsWith(path.sep))
    throw cannotWrite(file, 'it is a folder');
  if (stats !== undefined && !stats.isFile()) return undefined;
  const target = await followLinks(file);
  await requireFolder(file, path.dirname(target));
  if (isNamedAsModel(target) || (stats !== undefined && (await isModel(target)))) {
    throw new GgufError('not-writable', `will not write a report over the model ${file}`, {
      path: file,
      why: 'a model',
    });
  }
  return { target, mode: stats?.mode };
}

/** The error for a text that cannot be written. `file` is what the user calls it. */
export function cannotWrite(file: string, why: string, cause?: unknown): GgufError<'not-writable'> {
  return new GgufError('not-writable', `cannot write ${file}: ${why}`, { path: file, why }, { cause });
}

async function requireFolder(file: string, folder: string): Promise<void> {
  const stats = await stat(folder).catch(() => undefined);
  if (stats?.isDirectory() !== true) throw cannotWrite(file, 'its folder does not exist');
  await access(folder, constants.W_OK).catch((cause: unknown) => {
    throw cannotWrite(file, 'its folder cannot be written to', cause);
  });
}

async function isModel(file: string): Promise<boolean> {
  await using handle = await open(file, 'r');
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
  return bytesRead === 4 && buffer.toString('latin1') === 'GGUF';
}

/** Also a damaged model, which has lost its magic, is one. */
function isNamedAsModel(file: string): boolean {
  return /\.(gguf|safetensors)$/i.test(file);
}

/** More links than a path may have. */
const MAX_LINKS = 40;

/** The file behind a link, which stays one, also where the file is not there yet. */
async function followLinks(file: string): Promise<string> {
  let target = file;
  for (let links = 0; links < MAX_LINKS; links += 1) {
    const stats = await lstat(target).catch(() => undefined);
    if (stats?.isSymbolicLink() !== true) return target;
    target = path.resolve(path.dirname(target), await readlink(target));
  }
  return target;
}
