import { entryPlace } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { defineRule } from '../check.js';
import { MAX_LAYERS, modelEntry } from '../facts/hyperparameters.js';

/** More layers than a model can have. */
interface TooManyTargets {
  readonly key: string;
  readonly count: number;
}

/** A draft model that reads more layers of its target than there can be. */
export const targetLayers = defineRule<TooManyTargets>({
  id: 'metadata/target-layers',
  severity: 'error',
  needs: 'header',
  affects: ['llama.cpp *'],
  docs: {
    summary: `\`*.target_layers\` of a draft model names at most ${MAX_LAYERS} layers.`,
    why: 'llama.cpp copies the array into one of fixed length: a longer one is written past its end.',
    example: '`dflash.target_layers` with 100,000 elements.',
    remedy: 'Do not use the file; take the draft model from its maker.',
    fix: 'None: which layers are meant is unknown.',
    sources: ['lmstudio-ai/lmstudio-bug-tracker#2289', 'ggml-org/llama.cpp, src/llama-model.cpp: LLAMA_MAX_LAYERS'],
  },
  *find({ header }) {
    const entry = modelEntry(header, 'target_layers');
    if (entry?.count === undefined || entry.count <= MAX_LAYERS) return;
    yield { place: entryPlace(entry), data: { key: entry.key, count: entry.count } };
  },
  describe: ({ key, count }) =>
    `${quoted(key)} has ${count} elements, expected at most ${MAX_LAYERS}: llama.cpp writes past the end of its array`,
});
