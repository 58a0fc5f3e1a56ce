import { z } from 'zod';

/** Longest prompt: a few positions tell as much as many, and a row of logits can take a megabyte. */
export const MAX_PROMPT_TOKENS = 64;

/** A `LlamaPackage`, posted to a child that is to open it. */
export const packageSchema = z.strictObject({
  name: z.string(),
  release: z.string(),
  folder: z.string(),
  libraries: z.strictObject({ base: z.string(), ggml: z.string(), llama: z.string() }),
});

/** What the parent asks of the probing child. Numbers and strings only, so that it can be posted. */
export const probeRequestSchema = z.strictObject({
  package: packageSchema,
  path: z.string(),
  tokens: z.array(z.int().nonnegative()).min(1).max(MAX_PROMPT_TOKENS).optional(),
  threads: z.int().positive(),
  checkTensors: z.boolean(),
});
export type ProbeRequest = z.output<typeof probeRequestSchema>;

/** Steps of a probe, in order. llama.cpp can refuse a file at each; `tokens`: the prompt does not fit the vocabulary. */
export const PROBE_STAGES = ['header', 'model', 'tokens', 'context', 'decode'] as const;
export type ProbeStage = (typeof PROBE_STAGES)[number];

const probeSchema = z.strictObject({
  llamaVersion: z.string(),
  description: z.string(),
  keyCount: z.int(),
  tensorCount: z.int(),
  parameterCount: z.number(),
  layers: z.int(),
  vocabularySize: z.int(),
  contextLength: z.int(),
  tokens: z.array(z.int()),
  logits: z.array(z.instanceof<typeof Float32Array<ArrayBufferLike>>(Float32Array)),
});

/** The one answer of the probing child. A child that ends without it has crashed. */
export const probeReplySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('loaded'), probe: probeSchema }),
  z.strictObject({ kind: z.literal('refused'), stage: z.enum(PROBE_STAGES) }),
  z.strictObject({ kind: z.literal('unavailable'), what: z.string() }),
]);
export type ProbeReply = z.output<typeof probeReplySchema>;
