import { type BuilderValue, type GgufBuilder, gguf } from '../../support/gguf-builder.js';

/** The values of `tokenizer.ggml.*` keys by their last part; `undefined` leaves a key out. */
export type TokenizerKeys = Readonly<Record<string, BuilderValue | undefined>>;

export const text = (value: string): BuilderValue => ({ type: 'string', value });
export const texts = (...items: string[]): BuilderValue => ({ type: 'array', itemType: 'string', items });
export const ints = (...items: number[]): BuilderValue => ({ type: 'array', itemType: 'int32', items });
export const uints = (...items: number[]): BuilderValue => ({ type: 'array', itemType: 'uint32', items });
export const uint = (value: number): BuilderValue => ({ type: 'uint32', value });
export const flag = (value: boolean): BuilderValue => ({ type: 'bool', value });
export const floats = (...items: number[]): BuilderValue => ({ type: 'array', itemType: 'float32', items });

const CLEAN: TokenizerKeys = {
  model: text('llama'),
  tokens: texts('<unk>', '<0x0A>', '<|im_end|>', 'a'),
  scores: floats(0, 0, 0, -1),
  token_type: ints(2, 6, 3, 1),
  eos_token_id: { type: 'uint32', value: 2 },
};

/** A small model with a good tokenizer, but for these keys. */
export function tokenizerFile(keys: TokenizerKeys = {}, rows = 4, architecture = 'llama'): GgufBuilder {
  const start = gguf()
    .metadata('general.architecture', text(architecture))
    .tensor('token_embd.weight', 'F32', [32, rows])
    .tensor('blk.0.attn_norm.weight', 'F32', [32]);
  return Object.entries({ ...CLEAN, ...keys }).reduce(
    (file, [name, value]) => (value === undefined ? file : file.metadata(`tokenizer.ggml.${name}`, value)),
    start,
  );
}

/** A small Gemma 3 with a good tokenizer, but for these keys. */
export const gemmaFile = (keys: TokenizerKeys = {}): GgufBuilder =>
  tokenizerFile(
    { pre: text('default'), add_bos_token: flag(true), add_space_prefix: flag(false), ...keys },
    4,
    'gemma3',
  );
