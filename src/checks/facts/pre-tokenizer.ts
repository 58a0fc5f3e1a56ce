import type { Header } from '../../gguf/model.js';
import { architectureOf } from './keys.js';
import { tokenFacts } from './tokens.js';

/**
 * The pre-tokenizer of a family that has only one, in the converter of llama.cpp and in Ollama's repair of older files;
 * `undefined` for all others. An architecture alone does not tell: many have been trained with several tokenizers.
 */
export function preTokenizerOf(header: Header): string | undefined {
  const architecture = architectureOf(header) ?? '';
  const ofArchitecture = BY_ARCHITECTURE.get(architecture);
  if (ofArchitecture !== undefined) return ofArchitecture;
  const ids = tokenFacts(header)?.markerIds;
  if (architecture === 'llama' && ids?.get('<|begin_of_text|>') === 128_000 && ids.get('<|eot_id|>') === 128_009) {
    return 'llama-bpe';
  }
  const isQwen = QWEN.has(architecture) && ids?.get('<|endoftext|>') === 151_643 && ids.get('<|im_start|>') === 151_644;
  return isQwen ? 'qwen2' : undefined;
}

const BY_ARCHITECTURE: ReadonlyMap<string, string> = new Map([
  ['lfm2', 'lfm2'],
  ['mistral3', 'tekken'],
  ['gpt-oss', 'gpt-4o'],
]);

/** The distillations of DeepSeek R1 have this architecture too, and another token in the place of `<|im_start|>`. */
const QWEN: ReadonlySet<string> = new Set(['qwen2', 'qwen2moe', 'qwen2vl', 'qwen3', 'qwen3moe']);
