import { problemRule } from '../problem-rule.js';
import { LLAMA_CPP_AND_OLLAMA } from '../readers.js';

/** Numbers that no honest writer produces, refused before anything is allocated for them. */
export const countsAndLengths = problemRule({
  id: 'container/counts-and-lengths',
  codes: ['tensor-count', 'key-count', 'length-limit'],
  affects: LLAMA_CPP_AND_OLLAMA,
  docs: {
    summary: "Counts are not negative, and no string or array is longer than ggml's limit of 2^30.",
    why: 'Such numbers make readers allocate memory that they do not have, or wrap around in their arithmetic. No honest file has them.',
    example: "A string's length is 2^64 - 1, so that length + 1 is 0.",
    remedy: 'Do not load the file with other programs. Download it again from a publisher whom you trust.',
    fix: 'None: where the header goes on after a false length is unknown.',
    sources: [
      'llama.cpp 0.7.0, ggml/src/gguf.cpp: gguf_init_from_reader',
      'CVE-2024-21836, CVE-2024-23496, CVE-2024-23605, CVE-2024-25664',
    ],
  },
});
