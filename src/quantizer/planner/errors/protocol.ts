import { z } from 'zod';
import type { TensorTypeName } from '../../../gguf/tensor-types.js';
import { packageSchema } from '../../embedded/probe-protocol.js';

const typeSchema = z.string().transform((name) => name as TensorTypeName); // posted by our own parent

/** Also NaN and infinity, which zod's own number is not. */
export const anyNumber = z.custom<number>((value) => typeof value === 'number');

const floats = z.instanceof<typeof Float32Array<ArrayBufferLike>>(Float32Array);

/** A tensor in a file, of which some rows are tried in some types. */
export const errorQuestionSchema = z.strictObject({
  package: packageSchema,
  path: z.string(),
  tensor: z.strictObject({
    name: z.string(),
    type: typeSchema,
    /** Byte offset in the file. */
    offset: z.int().nonnegative(),
    columns: z.int().positive(),
    /** Rows of each matrix: of each expert. */
    matrixRows: z.int().positive(),
  }),
  /** Types to try, each with the rows that it is tried on. */
  trials: z.array(z.strictObject({ type: typeSchema, rows: z.array(z.int().nonnegative()) })),
  /** A weight for each column of each matrix. */
  importance: floats.optional(),
});
export type ErrorQuestion = z.output<typeof errorQuestionSchema>;

/** The relative squared error of each trial, in order; not finite where a weight of the copy is not. */
export const errorAnswerSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('errors'), errors: z.array(anyNumber) }),
  z.strictObject({ kind: z.literal('bad-weight'), row: z.int(), element: z.int(), value: z.enum(['NaN', 'Inf']) }),
  z.strictObject({ kind: z.literal('unavailable'), what: z.string() }),
]);
export type ErrorAnswer = z.output<typeof errorAnswerSchema>;
