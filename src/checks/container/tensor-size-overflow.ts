import { problemRule } from '../problem-rule.js';
import { ALL_READERS } from '../readers.js';

/** Sizes beyond 64 bits. */
export const tensorSizeOverflow = problemRule({
  id: 'container/tensor-size-overflow',
  codes: ['tensor-bytes'],
  affects: ALL_READERS,
  docs: {
    summary: 'The bytes of each tensor, and of all together, stay below 2^64.',
    why: 'Sizes that wrap around make a reader allocate a small buffer for a large tensor.',
    example: 'A tensor of 2^61 F64 weights.',
    remedy: 'Do not load the file with other programs. Convert the model again.',
    fix: 'None: the true shape is unknown.',
    sources: ['llama.cpp 0.7.0, ggml/src/gguf.cpp: gguf_init_from_reader', 'CVE-2025-53630, CVE-2026-27940'],
  },
});
