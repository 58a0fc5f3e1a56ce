/** A flag that not every llama-quantize knows. */
export type EngineFeature =
  | 'tensor-type-file'
  | 'tensor-type'
  | 'dry-run'
  | 'keep-split'
  | 'override-kv'
  | 'max-buffer-size';

/** A program that takes llama-quantize's arguments and prints its lines. */
export interface Engine {
  readonly kind: 'llama-quantize' | 'embedded';
  /** Path of the program that is started, and the arguments that come before llama-quantize's own. */
  readonly program: string;
  readonly prefix: readonly string[];
  readonly features: ReadonlySet<EngineFeature>;
}

/** Every feature: what the embedded engine has. */
export const ENGINE_FEATURES: readonly EngineFeature[] = [
  ...(['tensor-type-file', 'tensor-type', 'dry-run', 'keep-split', 'override-kv', 'max-buffer-size'] as const),
];

/** How an engine is called in messages and reports. */
export function engineLabel({ kind, program }: Engine): string {
  return kind === 'embedded' ? 'the embedded llama.cpp' : program;
}
