import type { Header } from '../../gguf/model.js';
import { isIntegerType } from '../../gguf/value-types.js';
import { firstItems, scalarValue } from '../../gguf/values.js';
import { entryOf, textOf } from './keys.js';
import { tokensEntry } from './tokens.js';

/** The keys that name a token at which generation stops, and Ollama's own with several. */
export const EOS_KEY = 'tokenizer.ggml.eos_token_id';
export const EOT_KEY = 'tokenizer.ggml.eot_token_id';
export const EOM_KEY = 'tokenizer.ggml.eom_token_id';
export const EOS_IDS_KEY = 'tokenizer.ggml.eos_token_ids';

/**
 * Texts at which llama.cpp 0.7.0 stops, whatever the ids in the file: measured with a vocabulary of all texts in
 * libllama that look like markers. Not here: `<|end|>`, which it drops where there are `<|return|>` and `<|call|>`.
 */
export const STOP_TEXTS: ReadonlySet<string> = new Set([
  ...['<|eot_id|>', '<|im_end|>', '<|end|>', '<end_of_turn>', '<|endoftext|>', '<|end_of_text|>', '<|eom_id|>'],
  ...['<|return|>', '<|call|>', '<|calls|>', '<|flush|>', '</s>', '<eos>', '<turn|>', '<|tool_response>', '[e~['],
  ...['<EOT>', '_<EOT>', '[EOT]', '[EOS]', '<end_of_utterance>', '<｜end▁of▁sentence｜>', '<|ifm|im_end|>'],
]);

/** The id under a key of a special token; where the key is missing or names no token, the default of the tokenizer. */
export function specialId(header: Header, name: SpecialName): SpecialId | undefined {
  const tokens = tokensEntry(header)?.count ?? 0;
  const entry = entryOf(header, `tokenizer.ggml.${name}_token_id`);
  if (entry !== undefined && isIntegerType(entry.type)) {
    const id = Number(scalarValue(entry));
    if (id >= 0 && id < tokens) return { id, isDefault: false };
  }
  const id = DEFAULT_IDS[textOf(header, 'tokenizer.ggml.model') ?? '']?.[name];
  return id !== undefined && id < tokens ? { id, isDefault: true } : undefined;
}

type SpecialName = 'bos' | 'eos';

/** The id of a special token, and whether only llama.cpp's default names it. */
export interface SpecialId {
  readonly id: number;
  readonly isDefault: boolean;
}

/** The ids that llama.cpp 0.7.0 takes for a kind of tokenizer without the key. */
export const DEFAULT_IDS: Readonly<Record<string, Partial<Record<SpecialName, number>>>> = {
  llama: { bos: 1, eos: 2 },
  gpt2: { bos: 11, eos: 11 },
  bert: { bos: 101 },
  t5: { eos: 1 },
  plamo2: { bos: 1, eos: 2 },
};

/** Most elements of `eos_token_ids` that are looked at; real files have two or three. */
const MAX_IDS = 64;

/** Every id by which the file itself says that generation stops. */
export function stopIds(header: Header): number[] {
  const named = [EOT_KEY, EOM_KEY].flatMap((key) => {
    const entry = entryOf(header, key);
    return entry !== undefined && isIntegerType(entry.type) ? [Number(scalarValue(entry))] : [];
  });
  const eos = specialId(header, 'eos');
  return [...(eos === undefined ? [] : [eos.id]), ...named, ...eosIds(header)];
}

/** The elements of Ollama's `eos_token_ids`, the first ones. */
export function eosIds(header: Header): number[] {
  const entry = entryOf(header, EOS_IDS_KEY);
  if (entry?.itemType === undefined || !isIntegerType(entry.itemType)) return [];
  return firstItems(entry, MAX_IDS).map(Number);
}
