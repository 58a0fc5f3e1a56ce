import { problemRule } from '../problem-rule.js';
import { LLAMA_CPP_AND_OLLAMA } from '../readers.js';

/** An array of arrays. */
export const nestedArray = problemRule({
  id: 'container/nested-array',
  codes: ['nested-array'],
  affects: LLAMA_CPP_AND_OLLAMA,
  docs: {
    summary: 'Arrays hold plain values, no arrays.',
    why: 'The specification allows arrays in arrays, but neither ggml nor Ollama reads them. Deep nesting has been used to exhaust the stack of readers that do.',
    example: 'A key holds an array of two arrays of INT32.',
    remedy: 'Remove the key with `ggufix meta unset KEY`, or store the values flat.',
    fix: 'None: what a reader would look for in place of the nested array depends on the key.',
    sources: ['llama.cpp 0.7.0, ggml/src/gguf.cpp: gguf_init_from_reader', 'ggml, docs/gguf.md'],
  },
});
