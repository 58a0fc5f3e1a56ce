import { quoted } from '../../gguf/printable.js';
import { defineRule } from '../check.js';
import { GGML_READERS } from '../readers.js';
import { WHOLE_FILE } from '../whole-file.js';

interface Missing {
  readonly count: number;
  readonly missing: number;
  /** The first of the missing names. */
  readonly names: readonly string[];
}

/** Names that a message lists. */
const MAX_NAMES = 5;

/** Shards that the name announces and that are not there or cannot be read. */
export const incompleteSet = defineRule<Missing>({
  id: 'shard/incomplete-set',
  severity: 'error',
  needs: 'shards',
  affects: GGML_READERS,
  docs: {
    summary: 'All shards that a name announces stand beside each other.',
    why: 'A model is loaded whole or not at all: llama.cpp opens each shard and refuses the model where one is missing.',
    example: '`model-00002-of-00003.gguf` was not uploaded.',
    remedy: 'Put the missing files beside the others, or split the model again.',
    fix: 'None: the tensors are in the files that are missing.',
    sources: ['llama.cpp 0.7.0, src/llama-model-loader.cpp'],
  },
  *find({ evidence }) {
    const { shards = [], count = 0 } = evidence.shards ?? {};
    const missing = shards.filter(({ header }) => header === undefined);
    if (missing.length === 0) return;
    const names = missing.slice(0, MAX_NAMES).map(({ name }) => name);
    yield { place: WHOLE_FILE, data: { count, missing: missing.length, names } };
  },
  describe: ({ count, missing, names }) =>
    `${missing} of ${count} shards are missing or unreadable: ${names.map(quoted).join(', ')}` +
    `${missing > names.length ? ' and more' : ''}; llama.cpp refuses to load the model`,
});
