import { entryPlace } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { defineRule } from '../check.js';
import { integerOf, MAX_LAYERS, modelEntry } from '../facts/hyperparameters.js';
import { isLlamaCppModel } from '../facts/llama-cpp-model.js';

/** A number of layers that no model has. */
interface OddCount {
  readonly key: string;
  readonly count: number;
}

/** A model of no layers, or of more than llama.cpp has room for. */
export const blockCount = defineRule<OddCount>({
  id: 'metadata/block-count',
  severity: 'error',
  needs: 'header',
  affects: ['llama.cpp *', 'ollama >=0.30.0'],
  docs: {
    summary: '`*.block_count` is from 1 to 512.',
    why: 'llama.cpp stops the whole process (an assertion) instead of refusing the file; a server that loads it dies.',
    example: '`llama.block_count` is 0.',
    remedy: 'Set it to the number of layers: one more than the highest N in the names `blk.N.*`.',
    fix: 'None: layers that are missing or numbered wrongly need a look first.',
    sources: ['llama.cpp 0.7.0, src/llama-model.cpp: LLAMA_MAX_LAYERS'],
  },
  find: ({ header }) => {
    const entry = modelEntry(header, 'block_count');
    const count = integerOf(header, 'block_count');
    if (entry === undefined || count === undefined || !isLlamaCppModel(header)) return [];
    return count > 0 && count <= MAX_LAYERS ? [] : [{ place: entryPlace(entry), data: { key: entry.key, count } }];
  },
  describe: ({ key, count }) =>
    `${quoted(key)} is ${count}, expected 1 to ${MAX_LAYERS}: llama.cpp aborts when it loads the file`,
});
