import { problemRule } from '../problem-rule.js';
import { ALL_READERS } from '../readers.js';

/** Rows that are no whole number of blocks. */
export const rowSize = problemRule({
  id: 'container/row-size',
  codes: ['row-size'],
  affects: ALL_READERS,
  docs: {
    summary: 'Each row of a tensor is a whole number of blocks of its type.',
    why: 'A quantized type packs 32 to 256 weights of one row into a block. A row that ends within a block cannot be stored.',
    example: 'A Q4_0 tensor with rows of 31 weights.',
    remedy: 'Convert the model again; llama-quantize falls back to another type where the rows do not fit.',
    fix: 'None: the header contradicts itself, so the bytes cannot be understood.',
    sources: ['llama.cpp 0.7.0, ggml/src/gguf.cpp: gguf_init_from_reader'],
  },
});
