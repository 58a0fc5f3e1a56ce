import { z } from 'zod';
import { accepted, sizeSchema, strict } from '../../config/schema-parts.js';
import { parseSize } from '../../config/size.js';
import { parseValue, parseWantedType } from '../../edit/parse-value.js';
import { isGgufError } from '../../errors.js';
import { MAX_MANIFEST_KEYS, MAX_MANIFEST_LABEL, MAX_MANIFEST_PATH } from '../../limits.js';
import { EXISTING_POLICIES, type ManifestTypedValue } from './manifest.js';
import { parseNameTemplate } from './name-template.js';
import { safeName } from './safe-name.js';

// Pieces that several places of a manifest have.

/** A path, seen from the manifest's folder. */
export const pathSchema = z
  .string()
  .min(1)
  .max(MAX_MANIFEST_PATH)
  .regex(/^[^\0]*$/, 'a path has no NUL character');

export const bytesSchema = sizeSchema.transform((size) => parseSize(size) ?? Number.NaN);

export const templateSchema = accepted(parseNameTemplate);

/** A text that goes into names of files as it is. */
export const labelSchema = z
  .string()
  .min(1)
  .max(MAX_MANIFEST_LABEL)
  .refine((label) => label === '' || safeName(label) === label, {
    error: ({ input }) => `'${input}' cannot be part of a file's name on every system; '${safeName(`${input}`)}' can`,
  });

/** `false`, and not `true`: what is not said is decided by defaults. */
export const noSchema = z
  .boolean()
  .refine((value) => !value, { error: 'only false can stand here: without the key the default holds' })
  .transform(() => false as const)
  .meta({ const: false });

export const existingSchema = z
  .enum(EXISTING_POLICIES)
  .describe("A file at an output's place that no record of ours explains: refuse, keep, skip or overwrite.");

const numberSchema = z.number().refine((value) => Number.isSafeInteger(value) || !Number.isInteger(value), {
  error: 'an integer beyond 2^53 is written as a text with its type: {type: uint64, value: "9007199254740993"}',
});

const SCALARS = [z.string(), z.boolean(), numberSchema] as const;

const scalarSchema = z.union(SCALARS, { error: 'expected a text, a number, true or false' });

const typedValueSchema = strict({
  type: z.string().describe('uint8 … uint64, int8 … int64, float32, float64, bool, string, or one with [].'),
  value: z.union([...SCALARS, z.array(scalarSchema)], {
    error: 'expected a text, a number, true, false or a list',
  }),
}).superRefine(({ type, value }, context) => {
  try {
    parseValue('value', valueText(value), parseWantedType(type));
  } catch (error) {
    if (!isGgufError(error)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
  }
});

/** A value as `parseValue` reads it. */
export function valueText(value: ManifestTypedValue): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Metadata to set, by key. */
export const valuesSchema = z
  .record(
    // Readers of keys take letters, digits, dots, dashes and underscores only.
    z.string().regex(/^[\w.-]{1,255}$/, 'a key has letters, digits, dots, dashes and underscores, at most 255'),
    z.union([...SCALARS, typedValueSchema], { error: 'expected a text, a number, true, false or {type, value}' }),
  )
  .refine((values) => Object.keys(values).length <= MAX_MANIFEST_KEYS, {
    error: `more than ${MAX_MANIFEST_KEYS} keys to set`,
  })
  .describe('Metadata to set: a text, number, true or false, or {type: float32, value: 1}.')
  .meta({ id: 'values' });
