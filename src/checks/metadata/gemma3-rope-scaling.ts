import { entryPlace } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { defineRule } from '../check.js';
import { integerOf, modelEntry } from '../facts/hyperparameters.js';
import { architectureOf } from '../facts/keys.js';
import { isWholeModel } from '../facts/whole-model.js';

/** A Gemma 3 with a long context and no scaling. */
interface Unscaled {
  readonly key: string;
  readonly contextLength: number;
}

/** A Gemma 3 of 4B and more without its RoPE scaling. */
export const gemma3RopeScaling = defineRule<Unscaled>({
  id: 'metadata/gemma3-rope-scaling',
  severity: 'warning',
  needs: 'header',
  affects: ['llama.cpp *', 'ollama >=0.30.0'],
  docs: {
    summary: 'A Gemma 3 with a context of 131072 or more says how its RoPE is scaled.',
    why: 'Gemma 3 4B, 12B and 27B were trained with linear scaling by 8. Without the keys llama.cpp does not scale, and long texts give garbage.',
    example: 'A gemma3 file of an early Ollama: context 131072, no `gemma3.rope.scaling.*`.',
    remedy: 'Apply the fix with `--unsafe`, or convert the model again.',
    fix: 'Unsafe: `rope.scaling.type` linear and `rope.scaling.factor` 8.0 are added, as the published models have them; a model that was trained further with another scaling needs its own.',
    sources: ["Ollama's compatibility layer for gemma3", "rope_scaling in Gemma 3's config.json"],
  },
  find: ({ header }) => {
    const entry = modelEntry(header, 'context_length');
    const contextLength = integerOf(header, 'context_length') ?? 0;
    if (entry === undefined || contextLength < LONG || architectureOf(header) !== 'gemma3') return [];
    const hasScaling = header.metadata.some(({ key }) => key.startsWith('gemma3.rope.scaling.'));
    if (hasScaling || !isWholeModel(header)) return [];
    return [{ place: entryPlace(entry), data: { key: entry.key, contextLength } }];
  },
  describe: ({ key, contextLength }) =>
    `'gemma3.rope.scaling.type' is missing though ${quoted(key)} is ${contextLength}: expected linear with factor 8, else long texts give garbage`,
  fix: () => ({
    safety: 'unsafe',
    title: 'Add gemma3.rope.scaling.type linear and gemma3.rope.scaling.factor 8',
    edits: [
      { op: 'set-metadata', key: 'gemma3.rope.scaling.type', value: { type: 'string', value: 'linear' } },
      { op: 'set-metadata', key: 'gemma3.rope.scaling.factor', value: { type: 'float32', value: 8 } },
    ],
  }),
});

const LONG = 131_072;
