import { printable, quoted } from '../../gguf/printable.js';
import { defineRule, type Fix } from '../check.js';
import { KNOWN_ARCHITECTURES } from '../facts/architectures.js';
import { architectureOf, entriesByKey } from '../facts/keys.js';
import { requiredKeys } from '../facts/required-keys.js';
import { isWholeModel } from '../facts/whole-model.js';
import { WHOLE_FILE } from '../whole-file.js';

/** A key that the architecture cannot do without. */
interface MissingKey {
  readonly key: string;
  readonly architecture: string;
}

/** A hyperparameter missing that llama.cpp asks for. */
export const requiredKey = defineRule<MissingKey>({
  id: 'metadata/required-key',
  severity: 'error',
  needs: 'header',
  affects: ['llama.cpp *', 'ollama >=0.30.0'],
  docs: {
    summary: 'The hyperparameters that the architecture needs are there.',
    why: 'llama.cpp refuses the file: `key not found in model`, or takes 0 and finds the shapes of the tensors wrong.',
    example: 'A gemma3 file of an early Ollama without `gemma3.attention.layer_norm_rms_epsilon`.',
    remedy: "Take the value from the model's config.json: `ggufix meta set FILE KEY VALUE --as TYPE`.",
    fix: 'Unsafe for `gemma3.attention.layer_norm_rms_epsilon`: 1e-6 is written, which all published Gemma 3 models use, and `rope.freq_base` 1000000 and `rope.freq_base_swa` 10000 where they are missing. None for other keys: their values differ from model to model.',
    sources: [
      'llama.cpp 0.7.0 (its loader, asked with files that lack one key after another)',
      'ggml-org/llama.cpp#12367',
      "Ollama's compatibility layer for gemma3",
    ],
  },
  find: ({ header }) => {
    const architecture = architectureOf(header);
    if (architecture === undefined || !KNOWN_ARCHITECTURES.has(architecture) || !isWholeModel(header)) return [];
    const entries = entriesByKey(header);
    return requiredKeys(architecture)
      .map((name) => `${architecture}.${name}`)
      .filter((key) => !entries.has(key))
      .map((key) => ({ place: WHOLE_FILE, data: { key, architecture } }) as const);
  },
  describe: ({ key, architecture }) =>
    `${quoted(key)} is missing: llama.cpp needs it for ${quoted(architecture)} and refuses the file`,
  fix: ({ key }, { header }) => (key === GEMMA3_EPSILON ? injectGemma3(entriesByKey(header)) : undefined),
});

const GEMMA3_EPSILON = 'gemma3.attention.layer_norm_rms_epsilon';

/** What all Gemma 3 models have in common and old conversions left out. */
const GEMMA3_CONSTANTS = [
  [GEMMA3_EPSILON, 1e-6],
  ['gemma3.rope.freq_base', 1e6],
  ['gemma3.rope.freq_base_swa', 1e4],
] as const;

function injectGemma3(entries: ReadonlyMap<string, unknown>): Fix {
  const missing = GEMMA3_CONSTANTS.filter(([key]) => !entries.has(key));
  return {
    safety: 'unsafe',
    title: `Add ${missing.map(([key, value]) => `${printable(key)} ${value}`).join(', ')}`,
    edits: missing.map(([key, value]) => ({ op: 'set-metadata', key, value: { type: 'float32', value } }) as const),
  };
}
