import { lstat, realpath } from 'node:fs/promises';
import path from 'node:path';
import { GgufError } from '../../errors.js';
import { quoted } from '../../gguf/printable.js';

/**
 * The absolute path of `name` in a folder. Throws `not-writable` where it would not be inside, whoever made the name. Pure:
 * for links see `refuseLinksOut`.
 */
export function outputPath(folder: string, name: string): string {
  const root = path.resolve(folder);
  const file = path.resolve(root, name);
  if (!name.includes('\0') && file !== root && isInside(root, file)) return file;
  throw leavesFolder(name, root);
}

/**
 * Rejects with `not-writable` where a link leads from a path in a folder to somewhere else, the path itself included. What is
 * not there yet leads nowhere. Whoever may write into the folder can still lay a link between this and the write.
 */
export async function refuseLinksOut(folder: string, file: string): Promise<void> {
  const root = path.resolve(folder);
  const real = await realpath(root).catch(() => root);
  let at = root;
  for (const component of path.relative(root, path.resolve(file)).split(path.sep)) {
    at = path.join(at, component);
    if (!(await isThere(at))) return;
    // A link to what does not exist would be written through as well.
    const target = await realpath(at).catch(() => undefined);
    if (target === undefined || !isInside(real, target)) throw leavesFolder(file, root);
  }
}

function isInside(root: string, file: string): boolean {
  const [first] = path.relative(root, file).split(path.sep);
  return first !== '..' && !path.isAbsolute(path.relative(root, file));
}

async function isThere(file: string): Promise<boolean> {
  try {
    await lstat(file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    const why = error instanceof Error ? error.message : String(error);
    throw new GgufError('not-writable', `cannot look at ${file}: ${why}`, { path: file, why }, { cause: error });
  }
}

function leavesFolder(name: string, folder: string): GgufError {
  return new GgufError('not-writable', `${quoted(name)} is not inside the output folder ${folder}`, {
    path: name,
    why: 'outside of the output folder',
  });
}
