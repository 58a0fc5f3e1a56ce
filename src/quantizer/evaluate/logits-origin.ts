import { z } from 'zod';
import { hashFiles } from '../../sources/hash-files.js';
import { fingerprint } from '../model/fingerprint.js';
import { openModel } from '../quantize/open-model.js';

const hashSchema = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * What scores are of. It stands as JSON behind the scores that ggufix keeps, where llama-perplexity does not read, so
 * that the two cannot be parted.
 */
const originSchema = z.strictObject({
  schema: z.literal('ggufix.base-logits/1'),
  /** See `fingerprint`; of all shards. */
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
    model: await fingerprintOf(model, signal),
    text: await hashFiles([text], signal),
    ...(chunks === undefined ? {} : { maxChunks: chunks }),
  };
}

async function fingerprintOf(file: string, signal: AbortSignal | undefined): Promise<string> {
  await using model = await openModel(file, signal);
  return await fingerprint(
    model.files.map(({ source, header }) => ({ source, header: header.bytes })),
    signal,
  );
}
