import { entryPlace, type Header } from '../../gguf/model.js';
import { defineRule, type Found } from '../check.js';
import { architectureOf, entryOf, kindOf, numberOf } from '../facts/keys.js';

interface Depth {
  readonly shared: number;
  readonly layers: number;
}

/** Layers with a KV cache of their own; llama.cpp has this number for gemma3n in its code. */
const OWN_LAYERS = 20;
const KEY = 'gemma3n.attention.shared_kv_layers';

/** A Gemma 3n that shares the KV cache of another number of layers than llama.cpp believes. */
export const kvSharingDepth = defineRule<Depth>({
  id: 'gemma3n/kv-sharing-depth',
  severity: 'warning',
  needs: 'header',
  affects: ['llama.cpp *', 'ollama >=0.9.3'],
  docs: {
    summary: 'In Gemma 3n all layers but the first 20 share a KV cache: 10 of 30 in E2B, 15 of 35 in E4B.',
    why: "llama.cpp does not read the key and lets layer 20 be the first that shares, whatever the depth of the model. Ollama's own engine (0.9.3 up to 0.30) believes the key. Where both differ, at least one computes something else than the model was trained with.",
    example: 'A slice of E4B with 32 layers and `gemma3n.attention.shared_kv_layers` 15.',
    remedy:
      'Look at `num_kv_shared_layers` of the original model. If that is what the file says, llama.cpp cannot run the model rightly.',
    fix: 'None: the right number stands in the original model, not in the file.',
    sources: ['llama.cpp 0.7.0, src/models/gemma3n.cpp', 'ggml-org/llama.cpp#17597 (a header of E2B)'],
  },
  find: ({ header }) => find(header),
  describe: ({ shared, layers }) =>
    `'${KEY}' is ${shared} of ${layers} layers, expected ${Math.max(layers - OWN_LAYERS, 0)}: llama.cpp shares from layer ${OWN_LAYERS} on, whatever the key says`,
});

function find(header: Header): Found<Depth>[] {
  const entry = entryOf(header, KEY);
  const shared = numberOf(header, KEY);
  const layers = numberOf(header, 'gemma3n.block_count');
  if (architectureOf(header) !== 'gemma3n' || kindOf(header) !== 'model') return [];
  if (entry === undefined || shared === undefined || layers === undefined) return [];
  // A number that counts no layers of this model is for `shared-kv-layers-type`, or makes llama.cpp stop anyway.
  if (!Number.isInteger(shared) || shared < 0 || shared > layers || layers <= OWN_LAYERS) return [];
  return layers - shared === OWN_LAYERS ? [] : [{ place: entryPlace(entry), data: { shared, layers } }];
}
