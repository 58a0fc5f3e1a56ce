/** Flags that not every llama-quantize knows; the embedded engine knows all. */
export const ENGINE_FEATURES = [
  ...(['tensor-type-file', 'dry-run', 'keep-split', 'override-kv', 'max-buffer-size'] as const),
] as const;

/** A flag that not every llama-quantize knows. */
export type EngineFeature = (typeof ENGINE_FEATURES)[number];

/** A program that takes llama-quantize's arguments and prints its lines. */
export interface Engine {
  readonly kind: 'llama-quantize' | 'embedded';
  /** Path of the program that is started, and the arguments that come before llama-quantize's own. */
  readonly program: string;
  readonly prefix: readonly string[];
  readonly features: ReadonlySet<EngineFeature>;
}

/** How an engine is called in messages and reports. */
export function engineLabel({ kind, program }: Engine): string {
  return kind === 'embedded' ? 'the embedded llama.cpp' : program;
}

/** What a run says of its engine before it begins. */
export function engineNote({ kind, features }: Engine): string | undefined {
  return kind === 'embedded' || features.has('dry-run')
    ? undefined
    : 'this llama-quantize is too old for --dry-run: what it will do is checked only when it is done';
}
