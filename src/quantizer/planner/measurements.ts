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

/** Where measurements are kept. */
export interface MeasurementCache {
  /**
   * Measurements of one `subject`: everything that they depend on, as text. Rejects with `not-writable`, naming the file,
   * where they cannot be kept and the cache is not optional.
   */
  open(subject: string): Promise<Measurements>;
  /** What keeps it from keeping any, as sentences: one at most. */
  warnings(): readonly string[];
}

/**
 * A folder with a file for each subject and a line of JSON for each measurement, so that what was done survives a kill.
 * Without a folder they are held in memory only; so they are from where an optional one fails, and from where another fails
 * while it is at work, since no measurement should be lost for not being kept.
 */
export function measurementCache(folder: string | undefined, isOptional = false): MeasurementCache {
  let trouble: GgufError | undefined;
  return {
    async open(subject) {
      if (folder === undefined || trouble !== undefined) return keptIn(new Map(), async () => undefined);
      const file = path.join(folder, `${createHash('sha256').update(subject).digest('hex').slice(0, 32)}.jsonl`);
      const values = await mkdir(folder, { recursive: true })
        .then(() => readValues(file))
        .catch((cause: unknown) => {
          trouble = notKept(file, cause);
          if (!isOptional) throw trouble;
          return new Map<string, number>();
        });
      return keptIn(values, async (line) => {
        if (trouble !== undefined) return;
        // A new line first: the last one may have been cut by a kill.
        await appendFile(file, `\n${line}`).catch((cause: unknown) => {
          trouble = notKept(file, cause);
        });
      });
    },
    warnings: () => (trouble === undefined ? [] : [`the next plan will measure again: ${trouble.message}`]),
  };
}

function keptIn(values: Map<string, number>, keep: (line: string) => Promise<void>): Measurements {
  return {
    get: (name) => values.get(name),
    async put(name, value) {
      values.set(name, value);
      await keep(JSON.stringify([name, value]));
    },
  };
}

async function readValues(file: string): Promise<Map<string, number>> {
  const lines = (await readTail(file)).split('\n').map(parseLine);
  return new Map(lines.filter((line) => line !== undefined));
}

function notKept(file: string, cause: unknown): GgufError<'not-writable'> {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new GgufError('not-writable', `cannot keep measurements in ${file}: ${why}`, { path: file, why }, { cause });
}

/** Opens it for writing too: what cannot be kept should be known before hours of work. */
async function readTail(file: string): Promise<string> {
  await using handle = await open(file, 'a+');
  const { size } = await handle.stat();
  const length = Math.min(size, MAX_MEASUREMENTS_BYTES);
  const bytes = Buffer.alloc(length);
  await handle.read(bytes, 0, length, size - length);
  return bytes.toString('utf8');
}

const lineSchema = z.tuple([z.string(), z.number()]);

function parseLine(line: string): [string, number] | undefined {
  try {
    return lineSchema.parse(JSON.parse(line));
  } catch {
    return undefined; // cut, or not ours: measured again
  }
}
