import { problemRule } from '../problem-rule.js';
import { ALL_READERS } from '../readers.js';

/** A shape that ggml does not compute with. */
export const tensorDimensions = problemRule({
  id: 'container/tensor-dimensions',
  codes: ['dimension-count', 'dimension-negative', 'element-count'],
  affects: ALL_READERS,
  docs: {
    summary: 'A tensor has at most 4 dimensions, none is negative, and their product is below 2^63.',
    why: 'Readers multiply the dimensions to learn the size. Products that wrap around have let tensors overwrite memory.',
    example: 'A tensor of 5 dimensions; or one of 2^32 × 2^32 weights.',
    remedy: 'Do not load the file with other programs. Convert the model again.',
    fix: 'None: the true shape is unknown.',
    sources: ['llama.cpp 0.7.0, ggml/src/gguf.cpp: gguf_init_from_reader', 'CVE-2024-21802, CVE-2026-33298'],
  },
});
