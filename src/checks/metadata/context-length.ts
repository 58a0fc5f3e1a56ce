import { entryPlace } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { defineRule } from '../check.js';
import { integerOf, modelEntry } from '../facts/hyperparameters.js';
import { kindOf } from '../facts/keys.js';

/** A model without room for a token. */
interface NoContext {
  readonly key: string;
}

/** A context length of 0. */
export const contextLength = defineRule<NoContext>({
  id: 'metadata/context-length',
  severity: 'warning',
  needs: 'header',
  affects: [],
  docs: {
    summary: '`*.context_length` is not 0.',
    why: 'The file loads, but programs take their window from this number: llama.cpp without `-c`, Ollama and LM Studio for their limits. They then choose some default of their own.',
    example: '`llama.context_length` is 0.',
    remedy: "Set it to max_position_embeddings of the model's config.json.",
    fix: 'None: the length that the model was trained with is unknown.',
    sources: ['llama.cpp 0.7.0 (such a file loads)'],
  },
  find: ({ header }) => {
    const entry = modelEntry(header, 'context_length');
    if (entry === undefined || integerOf(header, 'context_length') !== 0 || kindOf(header) !== 'model') return [];
    return [{ place: entryPlace(entry), data: { key: entry.key } }];
  },
  describe: ({ key }) => `${quoted(key)} is 0: programs cannot tell how long a text the model takes`,
});
