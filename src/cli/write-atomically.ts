import { open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { GgufError } from '../errors.js';

/**
 * Writes a report: a whole new one or, where that fails, none. What is no regular file (a pipe, `/dev/null`) is written
 * to as it is. Refuses to take the place of a model: `--format json=model.gguf` is a slip.
 */
export async function writeAtomically(file: string, text: string): Promise<void> {
  const stats = await stat(file).catch(() => undefined);
  if (stats !== undefined && !stats.isFile()) return await writeFile(file, text);
  // A link stays one.
  const target = stats === undefined ? file : await realpath(file);
  if (stats !== undefined && (await isModel(target))) {
    throw new GgufError('not-writable', `will not write a report over the model ${file}`, {
      path: file,
      why: 'a model',
    });
  }
  const temp = path.join(path.dirname(target), `.${path.basename(target)}.${process.pid}.tmp`);
  try {
    await using handle = await open(temp, 'wx');
    await handle.writeFile(text);
    await handle.sync();
    await rename(temp, target);
  } catch (error) {
    await rm(temp, { force: true });
    throw error;
  }
}

async function isModel(file: string): Promise<boolean> {
  await using handle = await open(file, 'r');
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
  return bytesRead === 4 && buffer.toString('latin1') === 'GGUF';
}
