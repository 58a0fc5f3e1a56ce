import { entryPlace } from '../../gguf/model.js';
import { defineRule } from '../check.js';
import { valuesByLayer } from '../facts/hyperparameters.js';
import { architectureOf, entryOf } from '../facts/keys.js';

const NAME = 'attention.head_count_kv';
const KEY = `gemma3n.${NAME}`;

/** A number of heads that is given for each layer. */
interface HeadsByLayer {
  readonly count: number;
  /** The number, where all layers have the same. */
  readonly value?: number;
}

/** An array where Ollama's engine asks for one number. */
export const headCountKvArray = defineRule<HeadsByLayer>({
  id: 'gemma3n/head-count-kv-array',
  severity: 'warning',
  needs: 'header',
  affects: ['ollama >=0.9.3 <0.30.0'],
  docs: {
    summary: `\`${KEY}\` is one uint32.`,
    why: "Ollama's own engine takes an array for 0 and computes nonsense. llama.cpp reads both.",
    example: `\`${KEY}\` is an array of 30 times 2.`,
    remedy: 'Apply the fix, or convert the model again.',
    fix: 'Safe where all elements are the same: that one number is written, which means the same to llama.cpp. None otherwise.',
    sources: [
      'ollama v0.9.3, model/models/gemma3n/model_text.go and fs/ggml/ggml.go',
      'ollama/ollama, llama/compat/llama-ollama-compat.cpp: collapse_u32_array_to_max',
    ],
  },
  *find({ header }) {
    const entry = architectureOf(header) === 'gemma3n' ? entryOf(header, KEY) : undefined;
    if (entry?.type !== 'array' || entry.count === undefined) return;
    const [value, ...others] = valuesByLayer(header, NAME);
    const isSame = value !== undefined && value > 0 && others.every((other) => other === value);
    yield { place: entryPlace(entry), data: { count: entry.count, ...(isSame ? { value } : {}) } };
  },
  describe: ({ count }) => `'${KEY}' is an array of ${count}, expected one uint32: Ollama before 0.30 takes it for 0`,
  fix: ({ value }) =>
    value === undefined
      ? undefined
      : {
          safety: 'safe',
          title: `Write ${KEY} as the one number ${value}`,
          edits: [{ op: 'set-metadata', key: KEY, value: { type: 'uint32', value } }],
        },
});
