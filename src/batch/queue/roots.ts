import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { badOption, GgufError } from '../../errors.js';
import { quoted } from '../../gguf/printable.js';

/** The path of a manifest for job data: seen from the first of `roots` that it is in, links resolved. */
export async function manifestBelow(roots: readonly string[], manifest: string): Promise<string> {
  const file = await resolved(manifest);
  for (const root of roots) {
    const below = path.relative(await resolved(root), file);
    if (isInside(below)) return below.split(path.sep).join('/');
  }
  throw badOption(
    `${quoted(manifest)} is in none of the roots (${roots.map(quoted).join(', ')}): give the shared folder with --root`,
  );
}

/**
 * The manifest that job data stands for: `below` one of `roots`, and still there when all links are resolved. Rejects with
 * `source-unreadable` otherwise, in the same words for a file that is not there and one that is elsewhere: who writes to the
 * queue must not learn which files this machine has.
 */
export async function manifestFile(roots: readonly string[], below: string): Promise<string> {
  for (const root of roots) {
    const folder = await realpath(root).catch(() => undefined);
    if (folder === undefined) continue;
    const file = await realpath(path.join(folder, below)).catch(() => undefined);
    if (file !== undefined && isInside(path.relative(folder, file))) return file;
  }
  throw new GgufError('source-unreadable', `no manifest ${quoted(below)} in ${roots.map(quoted).join(', ')}`, {
    uri: below,
  });
}

function isInside(relative: string): boolean {
  return relative !== '' && !path.isAbsolute(relative) && relative.split(path.sep)[0] !== '..';
}

async function resolved(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch (error) {
    const message = `cannot open ${quoted(file)}: ${error instanceof Error ? error.message : String(error)}`;
    throw new GgufError('source-unreadable', message, { uri: file }, { cause: error });
  }
}
