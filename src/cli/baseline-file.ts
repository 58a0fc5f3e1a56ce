import path from 'node:path';
import { z } from 'zod';
import { acceptedCounts, type Baseline } from '../checks/baseline.js';
import { writeText } from '../edit/write-text.js';
import { badOption, type GgufError } from '../errors.js';
import { MAX_BASELINE_BYTES } from '../limits.js';
import { readText } from '../sources/text.js';

/** The document that `--update-baseline` writes. */
export const baselineSchema = z.strictObject({
  schema: z.literal('ggufix.baseline/1'),
  findings: z.array(
    z.strictObject({
      fingerprint: z.string().regex(/^[0-9a-f]{32}$/),
      file: z.string(),
      rule: z.string(),
      name: z.string().optional(),
      count: z.int().positive(),
    }),
  ),
});

/** How many findings of each fingerprint a baseline file accepts. Throws `bad-option` where it is no baseline. */
export async function readBaseline(file: string): Promise<ReadonlyMap<string, number>> {
  const result = baselineSchema.safeParse(parseJson(file, await readText(file, MAX_BASELINE_BYTES)));
  if (result.success) return acceptedCounts(result.data);
  throw noBaseline(file, wordsOf(result.error.issues[0]));
}

/** Writes a baseline file, whole or not at all. */
export async function writeBaseline(file: string, baseline: Baseline): Promise<void> {
  await writeText(file, `${JSON.stringify(baseline, null, 2)}\n`);
}

/** What a baseline calls a file: its path as seen from the baseline, so that both may move together. */
export function nameInBaseline(baseline: string, file: string): string {
  const folder = path.dirname(path.resolve(baseline));
  return path.relative(folder, path.resolve(file)).split(path.sep).join('/');
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw noBaseline(file, 'it is no JSON');
  }
}

/** What is wrong, and where in the document if not with all of it. */
function wordsOf(issue: z.core.$ZodIssue | undefined): string {
  if (issue === undefined) return 'it is another document';
  const { path: place, code, message } = issue;
  if (place.length > 0) return `${place.join('.')}: ${message}`;
  return code === 'invalid_type' ? 'it is no JSON object' : message;
}

function noBaseline(file: string, why: string): GgufError<'bad-option'> {
  return badOption(`${file} is no baseline: ${why}`);
}
