import { createHash } from 'node:crypto';
import { appendFile, mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { GgufError } from '../../errors.js';
import { MAX_MEASUREMENTS_BYTES } from '../../limits.js';

/** Numbers that were measured before, and room for new ones. */
export interface Measurements {
  get(name: string): number | undefined;
  put(name: string, value: number): Promise<void>;
}

const lineSchema = z.tuple([z.string(), z.number()]);

/**
 * Measurements of one `subject` (everything that they depend on, as text) in a folder: a file with a line of JSON for each, so
 * that what was done survives a kill. Without a folder they are held in memory only. Throws `not-writable`.
 */
export async function openMeasurements(folder: string | undefined, subject: string): Promise<Measurements> {
  const values = new Map<string, number>();
  const get = (name: string): number | undefined => values.get(name);
  if (folder === undefined) {
    return { get, put: async (name, value) => void values.set(name, value) };
  }
  const file = path.join(folder, `${createHash('sha256').update(subject).digest('hex').slice(0, 32)}.jsonl`);
  const refuse = (cause: unknown): never => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new GgufError('not-writable', `cannot keep measurements in ${file}: ${why}`, { path: file, why }, { cause });
  };
  await mkdir(folder, { recursive: true }).catch(refuse);
  for (const line of (await readTail(file)).split('\n')) {
    const parsed = parseLine(line);
    if (parsed !== undefined) values.set(...parsed);
  }
  return {
    get,
    async put(name, value) {
      values.set(name, value);
      // A new line first: the last one may have been cut by a kill.
      await appendFile(file, `\n${JSON.stringify([name, value])}`).catch(refuse);
    },
  };
}

async function readTail(file: string): Promise<string> {
  await using handle = await open(file, 'a+');
  const { size } = await handle.stat();
  const length = Math.min(size, MAX_MEASUREMENTS_BYTES);
  const bytes = Buffer.alloc(length);
  await handle.read(bytes, 0, length, size - length);
  return bytes.toString('utf8');
}

function parseLine(line: string): [string, number] | undefined {
  try {
    return lineSchema.parse(JSON.parse(line));
  } catch {
    return undefined; // cut, or not ours: measured again
  }
}
