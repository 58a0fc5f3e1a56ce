import { createHash } from 'node:crypto';
import { z } from 'zod';
import { readHeader } from '../../gguf/parse.js';
import { type FileSource, openFile } from '../../sources/file.js';
import { hashFiles } from '../../sources/hash-files.js';

const hashSchema = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * What scores are of. It stands as JSON behind the scores that ggufix keeps, where llama-perplexity does not read, so
 * that the two cannot be parted.
 */
const originSchema = z.strictObject({
  schema: z.literal('ggufix.base-logits/1'),
  /** See `fingerprintModel`. */
  model: hashSchema,
  /** SHA-256 of the text file. */
  text: hashSchema,
  /** The limit that was given; absent where the text was taken whole. */
  maxChunks: z.int().positive().optional(),
});

/** What scores are of. */
export type LogitsOrigin = z.output<typeof originSchema>;

/** The origin that stands behind scores; `undefined` for anything else. */
export function parseOrigin(text: string): LogitsOrigin | undefined {
  try {
    return originSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** The origin of the scores that a model gives the first `chunks` of a text. */
export async function originOf(
  model: string,
  text: string,
  chunks: number | undefined,
  signal?: AbortSignal,
): Promise<LogitsOrigin> {
  return {
    schema: 'ggufix.base-logits/1',
    model: await fingerprintModel(model, signal),
    text: await hashFiles([text], signal),
    ...(chunks === undefined ? {} : { maxChunks: chunks }),
  };
}

const SAMPLES = 16;
const SAMPLE_BYTES = 64 * 2 ** 10;

/**
 * Tells one model from another without reading all of it: SHA-256 of its size, its header and 1 MiB of its weights,
 * taken from 16 places. Of a set of shards the first stands for all.
 */
export async function fingerprintModel(model: string, signal?: AbortSignal): Promise<string> {
  await using source = await openFile(model);
  const { bytes, dataOffset } = await readHeader(source, signal);
  const hash = createHash('sha256').update(`${source.size}\n`).update(bytes);
  for (const sample of await samplesFrom(source, dataOffset, signal)) hash.update(sample);
  return hash.digest('hex');
}

async function samplesFrom(source: FileSource, start: number, signal?: AbortSignal): Promise<Uint8Array[]> {
  const length = Math.min(SAMPLE_BYTES, Math.max(0, source.size - start));
  const step = Math.floor((source.size - start - length) / (SAMPLES - 1));
  const samples: Uint8Array[] = [];
  for (let i = 0; i < SAMPLES && length > 0; i += 1) samples.push(await source.read(start + i * step, length, signal));
  return samples;
}
