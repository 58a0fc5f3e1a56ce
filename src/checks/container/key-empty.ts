import { problemRule } from '../problem-rule.js';
import { GGML_READERS } from '../readers.js';

/** An entry that nobody can look up. */
export const keyEmpty = problemRule({
  id: 'container/key-empty',
  codes: ['key-empty'],
  affects: GGML_READERS,
  docs: {
    summary: 'Every key has a name.',
    why: 'ggml refuses an empty key; older versions of it stop the whole program. Nobody can look the value up.',
    example: 'A key string of length 0.',
    remedy: 'Remove the entry with `ggufix fix --unsafe`, or convert the model again.',
    fix: 'Unsafe: the entry is removed. No reader can have used it, but what it was meant to be is lost.',
    sources: ['llama.cpp 0.7.0, ggml/src/gguf.cpp: gguf_init_from_reader', 'ggml-org/llama.cpp#24263'],
  },
  fix: () => ({
    safety: 'unsafe',
    title: 'Remove the entry whose key is empty',
    edits: [{ op: 'remove-metadata', key: '' }],
  }),
});
