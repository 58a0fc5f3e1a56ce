import { entryPlace, type Header } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { type CheckContext, defineRule, type Found } from '../check.js';
import { architectureOf, entryOf, numberOf } from '../facts/keys.js';

interface WrongArray {
  readonly key: string;
  readonly found: string;
  readonly expected: string;
}

/** The arrays that Ollama's engine indexes by layer, and the type that it asks for. */
const ARRAYS = {
  'gemma3n.activation_sparsity_scale': 'float32',
  'gemma3n.attention.sliding_window_pattern': 'bool',
} as const;

/** A per-layer array of Gemma 3n that is no array of the right type with a value for each layer. */
export const layerArrays = defineRule<WrongArray>({
  id: 'gemma3n/layer-arrays',
  severity: 'error',
  needs: 'header',
  affects: ['ollama >=0.9.3 <0.30.0'],
  docs: {
    summary:
      '`gemma3n.activation_sparsity_scale` is an array of float32 and `gemma3n.attention.sliding_window_pattern` one of bool, with a value for each layer.',
    why: "Ollama's own engine takes another type for an empty array and looks values up by layer without asking for the length: it crashes.",
    example: '`gemma3n.attention.sliding_window_pattern` has 30 values in a model of 35 layers.',
    remedy: 'Convert the model again, or set the array with `ggufix meta set`.',
    fix: 'None: the values of the other layers are not in the file.',
    sources: ['ollama v0.9.3, model/models/gemma3n/model_text.go', 'ggml-org/llama.cpp#17597 (a header of E2B)'],
  },
  find: ({ header }) => (architectureOf(header) === 'gemma3n' ? find(header) : []),
  describe: ({ key, found, expected }) =>
    `${quoted(key)} is ${found}, expected ${expected}: Ollama before 0.30 crashes on it`,
});

function find(header: CheckContext['header']): Found<WrongArray>[] {
  return Object.entries(ARRAYS).flatMap(([key, type]) => judge(header, key, type));
}

function judge(header: Header, key: string, type: string): Found<WrongArray>[] {
  const entry = entryOf(header, key);
  const layers = numberOf(header, 'gemma3n.block_count');
  if (entry === undefined || layers === undefined) return [];
  const { itemType, count } = entry;
  if (itemType === type && count === layers) return [];
  const found = itemType === undefined ? entry.type : `${count} ${itemType} values`;
  return [{ place: entryPlace(entry), data: { key, found, expected: `${layers} ${type} values` } }];
}
