import { z } from 'zod';
import { packageSchema } from '../../embedded/probe-protocol.js';
import { anyNumber } from '../errors/protocol.js';

/** How much text the model is measured on. */
export const extentSchema = z.strictObject({
  /** Pieces of text, each with a context of its own. */
  sequences: z.int().positive(),
  /** Tokens of a piece: those that are only read, and the last ones, whose scores are compared. */
  unscored: z.int().positive(),
  scored: z.int().positive(),
});
export type Extent = z.output<typeof extentSchema>;

/** What the parent asks of the measuring child: to open a model, then to disturb some of its tensors. */
export const noiseQuestionSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('open'),
    package: packageSchema,
    path: z.string(),
    threads: z.int().positive(),
    extent: extentSchema,
    /** A text for each sequence; without them the model makes up its own. */
    texts: z.array(z.string()).optional(),
    seed: z.int(),
  }),
  z.strictObject({ kind: z.literal('disturb'), tensors: z.array(z.string()), error: z.number(), seed: z.int() }),
]);
export type NoiseQuestion = z.output<typeof noiseQuestionSchema>;

export const noiseAnswerSchema = z.discriminatedUnion('kind', [
  /** The tensors that take part in the model's work, in its order. */
  z.strictObject({ kind: z.literal('opened'), tensors: z.array(z.string()) }),
  /** Mean KL divergence in nats of the disturbed model from the undisturbed one. */
  z.strictObject({ kind: z.literal('divergence'), mean: anyNumber }),
  z.strictObject({ kind: z.literal('unavailable'), what: z.string() }),
  z.strictObject({ kind: z.literal('bad-option'), problem: z.string() }),
]);
export type NoiseAnswer = z.output<typeof noiseAnswerSchema>;
