import { z } from 'zod';

/** A whole number; a decimal string where it passes 2^53. */
const integerSchema = z.union([z.int(), z.string().regex(/^-?\d+$/)]);

/** A value that is no array. NaN, infinities and 64-bit integers beyond 2^53 are strings. */
const scalarSchema = z.union([z.number(), z.string(), z.boolean()]);

/** A metadata value with its type; arrays are hashed and previewed. */
export const metadataSchema = z.union([
  z.strictObject({
    type: z.literal('array'),
    itemType: z.string(),
    length: z.int().nonnegative(),
    /** Of the elements' bytes as they stand in the file. */
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    preview: z.array(scalarSchema),
    /** With `--full`. */
    values: z.array(scalarSchema).optional(),
  }),
  z.strictObject({ type: z.string(), value: scalarSchema }),
]);

const tensorSchema = z.strictObject({
  name: z.string(),
  type: z.string(),
  shape: z.array(integerSchema),
  /** In the data section. */
  offset: integerSchema,
  /** `null` where type or shape do not tell. */
  bytes: integerSchema.nullable(),
});

/** Where something stands in a file. */
export const placeSchema = z.strictObject({
  kind: z.enum(['file', 'metadata', 'tensor']),
  name: z.string().describe('Key or tensor; absent for the whole file.').optional(),
  offset: z.number().describe('Byte offset in the file.'),
  length: z.number().describe('Length in bytes.'),
});

/** Why a file could not be worked on. */
export const errorSchema = z.strictObject({ code: z.string(), message: z.string() });

const problemSchema = z.strictObject({
  code: z.string(),
  message: z.string(),
  place: placeSchema,
});

/** A number that NaN and infinities make a string of. */
const floatSchema = z.union([z.number(), z.string()]);

const energySchema = floatSchema.describe('Sum over the columns of the mean square of the input; with --tensors.');

/** An importance matrix: what it is made from and of, or why it cannot be used. */
export const imatrixSchema = z.union([
  z.strictObject({
    format: z.enum(['gguf', 'dat']),
    datasets: z.array(z.string()),
    chunkCount: z.int().nullable(),
    chunkSize: z.int().nullable(),
    entries: z.array(
      z.strictObject({
        name: z.string(),
        columns: z.int().positive(),
        matrices: z.int().positive().describe('Experts; 1 in a tensor without.'),
        energy: energySchema.optional(),
        uncounted: z.int().nonnegative().describe('Matrices that no token reached; with --tensors.').optional(),
      }),
    ),
    layers: z
      .array(
        z.strictObject({
          layer: z.int().nullable().describe('null is what belongs to no layer.'),
          entries: z.int().positive(),
          energy: energySchema,
        }),
      )
      .optional(),
  }),
  z.strictObject({ fault: z.string() }),
]);

/** One file of `ggufix inspect --json`. With an `error` it ended where that points; what came before is shown. */
export const inspectedFileSchema = z.strictObject({
  source: z.string(),
  bytes: z.int().nonnegative(),
  version: z.int(),
  endianness: z.literal('little'),
  alignment: z.int(),
  dataOffset: z.int(),
  metadata: z.record(z.string(), metadataSchema),
  tensors: z.array(tensorSchema),
  problems: z.array(problemSchema).optional(),
  imatrix: imatrixSchema.optional(),
  error: errorSchema.optional(),
});

/** An importance matrix in the old format, which is no GGUF. */
const inspectedDatSchema = z.strictObject({ source: z.string(), bytes: z.int().nonnegative(), imatrix: imatrixSchema });

/** A file of which nothing could be read. */
export const failedFileSchema = z.strictObject({ source: z.string(), error: errorSchema });

/** The document that `ggufix inspect --json` prints. */
export const inspectDocumentSchema = z.strictObject({
  schema: z.literal('ggufix.inspect/1'),
  files: z.array(z.union([inspectedFileSchema, inspectedDatSchema, failedFileSchema])),
});

/** A value as JSON holds it. */
export type JsonScalar = z.output<typeof scalarSchema>;

/** A metadata value as JSON holds it. */
export type JsonMetadata = z.output<typeof metadataSchema>;

/** One file of the `inspect` document. */
export type InspectedFile = z.output<typeof inspectedFileSchema>;

/** An importance matrix as JSON holds it. */
export type ImatrixJson = z.output<typeof imatrixSchema>;

/** A file that could not be read, as every document holds it. */
export type FailedFile = z.output<typeof failedFileSchema>;

/** The `inspect` document. */
export type InspectDocument = z.output<typeof inspectDocumentSchema>;
