import { problemRule } from '../problem-rule.js';
import { LLAMA_CPP_AND_OLLAMA } from '../readers.js';

/** A version that no current reader takes. A byte-swapped one is `container/endianness`. */
export const version = problemRule({
  id: 'container/version',
  codes: ['version'],
  affects: LLAMA_CPP_AND_OLLAMA,
  docs: {
    summary: 'The version is 2 or 3.',
    why: 'Version 1 stored counts and lengths in 32 bits; llama.cpp gave it up. Nobody has defined a version above 3.',
    example: 'The u32 after the magic is 1: the file was made in August 2023.',
    remedy: 'Convert the model again with a present converter, or look for a newer file.',
    fix: 'None: version 1 needs every count and length rewritten, which ggufix does not do yet.',
    sources: ['llama.cpp 0.7.0, ggml/src/gguf.cpp: gguf_init_from_reader', 'ggml, docs/gguf.md'],
  },
});
