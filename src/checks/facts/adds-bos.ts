import type { Header } from '../../gguf/model.js';
import { entryOf, flagOf, textOf } from './keys.js';

/** The key that says whether a tokenizer begins every text with BOS. */
export const ADD_BOS_KEY = 'tokenizer.ggml.add_bos_token';

/**
 * Whether llama.cpp 0.7.0 begins a text with BOS: `key` where `add_bos_token` says so, `default` where the kind of
 * tokenizer does without the key, `always` where it does whatever the key says. A key of another type than bool is
 * `metadata/key-type`.
 */
export function addsBos(header: Header): 'key' | 'default' | 'always' | undefined {
  const model = textOf(header, 'tokenizer.ggml.model') ?? '';
  if (model === 'gemma4') return 'always';
  if (!READS_KEY.has(model)) return undefined;
  if (entryOf(header, ADD_BOS_KEY) !== undefined) return flagOf(header, ADD_BOS_KEY) === true ? 'key' : undefined;
  const isDefault = model === 'gpt2' ? PRE_WITH_BOS.has(textOf(header, 'tokenizer.ggml.pre') ?? '') : model !== 't5';
  return isDefault ? 'default' : undefined;
}

/** Kinds of tokenizers that look at BOS at all: RWKV's does not. */
const READS_KEY: ReadonlySet<string> = new Set(['llama', 'gpt2', 'bert', 't5']);

/** Pre-tokenizers that bring BOS with them. */
const PRE_WITH_BOS: ReadonlySet<string> = new Set(
  'llama3 llama-v3 llama-bpe falcon3 falcon-h1 pixtral midm-2.0 lfm2 jina-v5-nano tekken chameleon'.split(' '),
);
