import { entryPlace, type Header } from '../../gguf/model.js';
import { printable, quoted } from '../../gguf/printable.js';
import { defineRule, type Fix, type Found } from '../check.js';
import { layerCount, modelEntry, valuesByLayer } from '../facts/hyperparameters.js';
import { isLlamaCppModel } from '../facts/llama-cpp-model.js';

/** An array that should have one element for each layer. */
interface OddLength {
  readonly key: string;
  /** The key without the architecture. */
  readonly name: string;
  readonly length: number;
  readonly layers: number;
  readonly isRead: boolean;
}

/** A per-layer array with another length than there are layers. */
export const perLayerArray = defineRule<OddLength>({
  id: 'metadata/per-layer-array',
  severity: 'error',
  needs: 'header',
  affects: ['llama.cpp *', 'ollama *'],
  docs: {
    summary: 'An array that says something of each layer has `block_count` elements.',
    why: 'llama.cpp refuses the file: `wrong array length`. The window pattern and the sparsity of Gemma 3n it takes in any length, or does not read, so those are warnings: the pattern then holds for the wrong layers, and Ollama reads past the end.',
    example: '`llama.attention.head_count_kv` with 31 elements in a model of 32 layers.',
    remedy: 'Convert the model again, or set the array as the config.json of the model has it.',
    fix: 'Unsafe where all elements are the same integer: that one number is written instead, which holds for every layer. None otherwise: which layer an element belongs to is unknown.',
    sources: ['llama.cpp 0.7.0, src/llama-model-loader.cpp: get_key_or_arr'],
  },
  find: ({ header }) => (isLlamaCppModel(header) ? oddLengths(header) : []),
  describe: ({ key, length, layers, isRead }) =>
    `${quoted(key)} has ${length} elements, expected ${layers}, one for each layer: ${isRead ? 'llama.cpp refuses the file' : 'readers of the array take the wrong layer'}`,
  fix: ({ key, name }, { header }) => collapse(key, valuesByLayer(header, name)),
});

/** Read by llama.cpp for every architecture, and refused in another length. */
const ALWAYS_READ = ['attention.head_count', 'attention.head_count_kv', 'feed_forward_length'];
const TAKEN_IN_ANY_LENGTH = ['attention.sliding_window_pattern', 'activation_sparsity_scale'];

function* oddLengths(header: Header): Generator<Found<OddLength>> {
  const layers = layerCount(header);
  if (layers === undefined) return;
  for (const name of [...ALWAYS_READ, ...TAKEN_IN_ANY_LENGTH]) {
    const entry = modelEntry(header, name);
    if (entry?.type !== 'array' || entry.count === undefined || entry.count === layers) continue;
    const isRead = ALWAYS_READ.includes(name);
    yield {
      place: entryPlace(entry),
      data: { key: entry.key, name, length: entry.count, layers, isRead },
      severity: isRead ? 'error' : 'warning',
    };
  }
}

function collapse(key: string, values: readonly number[]): Fix | undefined {
  const [value] = values;
  if (value === undefined || value < 0 || values.some((other) => other !== value)) return undefined;
  return {
    safety: 'unsafe',
    title: `Write ${printable(key)} as the one number ${value}`,
    edits: [{ op: 'set-metadata', key, value: { type: 'uint32', value } }],
  };
}
