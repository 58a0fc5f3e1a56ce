import { entryPlace } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { defineRule } from '../check.js';
import { modelEntry } from '../facts/hyperparameters.js';
import { textOf } from '../facts/keys.js';
import { isLlamaCppModel } from '../facts/llama-cpp-model.js';

/** A way to scale RoPE that has no code. */
interface UnknownScaling {
  readonly key: string;
  readonly type: string;
}

/** A RoPE scaling type that llama.cpp does not know. */
export const ropeScalingType = defineRule<UnknownScaling>({
  id: 'metadata/rope-scaling-type',
  severity: 'error',
  needs: 'header',
  affects: ['llama.cpp *', 'ollama >=0.30.0'],
  docs: {
    summary: '`*.rope.scaling.type` is none, linear, yarn or longrope.',
    why: 'llama.cpp stops the whole process (an assertion) instead of refusing the file; a server that loads it dies.',
    example: '`phi3.rope.scaling.type` is `su`, the old name of longrope.',
    remedy: 'Set one of the four: `ggufix meta set FILE KEY VALUE`. In a config.json, `su` means longrope.',
    fix: 'None: which scaling the model was trained with is unknown.',
    sources: ['llama.cpp 0.7.0, src/llama-model.cpp: LLAMA_ROPE_SCALING_TYPES'],
  },
  find: ({ header }) => {
    const entry = modelEntry(header, 'rope.scaling.type');
    const type = entry === undefined ? undefined : textOf(header, entry.key);
    if (entry === undefined || type === undefined || TYPES.includes(type) || !isLlamaCppModel(header)) return [];
    return [{ place: entryPlace(entry), data: { key: entry.key, type } }];
  },
  describe: ({ key, type }) =>
    `${quoted(key)} is ${quoted(type)}, expected ${TYPES.slice(0, -1).join(', ')} or ${TYPES.at(-1)}: llama.cpp aborts when it loads the file`,
});

const TYPES: readonly string[] = ['none', 'linear', 'yarn', 'longrope'];
