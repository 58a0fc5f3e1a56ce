import path from 'node:path';
import { z } from 'zod';
import { acceptedCounts, type Baseline } from '../checks/baseline.js';
import { writeText } from '../edit/write-text.js';
import { GgufError } from '../errors.js';
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
  const text = await readText(file, MAX_BASELINE_BYTES);
  const result = baselineSchema.safeParse(parseJson(text));
  if (result.success) return acceptedCounts(result.data);
  const [first] = result.error.issues;
  const problem = `${file} is no baseline: ${first?.path.join('.') ?? ''}: ${first?.message ?? ''}`;
  throw new GgufError('bad-option', problem, { problems: [problem] });
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
