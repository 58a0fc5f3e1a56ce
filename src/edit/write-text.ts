import { randomBytes } from 'node:crypto';
import { lstat, open, readlink, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { GgufError } from '../errors.js';

/**
 * Writes a report: a whole new one or, where that fails, none. What is no regular file (a pipe, `/dev/null`) is written
 * to as it is. Refuses to take the place of a model: `--format json=model.gguf` is a slip.
 */
export async function writeText(file: string, text: string | Uint8Array): Promise<void> {
  const stats = await stat(file).catch(() => undefined);
  if (stats !== undefined && !stats.isFile()) return await writeFile(file, text);
  const target = await followLinks(file);
  if (isNamedAsModel(target) || (stats !== undefined && (await isModel(target)))) {
    throw new GgufError('not-writable', `will not write a report over the model ${file}`, {
      path: file,
      why: 'a model',
    });
  }
  // In a container every process may have the same number, also one that was killed and left its file.
  const temp = path.join(
    path.dirname(target),
    `.${path.basename(target)}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`,
  );
  try {
    await using handle = await open(temp, 'wx', stats?.mode);
    await handle.writeFile(text);
    await handle.sync();
    await rename(temp, target);
  } catch (error) {
    await rm(temp, { force: true }).catch(() => undefined);
    const why = error instanceof Error ? error.message : String(error);
    throw new GgufError('not-writable', `cannot write ${file}: ${why}`, { path: file, why }, { cause: error });
  }
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
