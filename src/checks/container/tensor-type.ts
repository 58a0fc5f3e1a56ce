import { problemRule } from '../problem-rule.js';
import { ALL_READERS } from '../readers.js';

/** A type id that ggml never had or gave up. */
export const tensorType = problemRule({
  id: 'container/tensor-type',
  codes: ['tensor-type'],
  affects: ALL_READERS,
  docs: {
    summary: 'The type of a tensor is one that ggml has.',
    why: 'A reader cannot tell the size of a tensor of unknown type. The interleaved types Q4_0_4_4, Q4_0_4_8, Q4_0_8_8 and IQ4_NL_4_4 and the old Q4_2 and Q4_3 were removed from ggml.',
    example: 'A file of 2024 has tensors of type 31, Q4_0_4_4, made for ARM processors.',
    remedy:
      'For the interleaved types take the Q4_0 or IQ4_NL file of the same model: llama.cpp interleaves it while loading. For types above 42 use the program that made the file.',
    fix: 'None: the weights would have to be put into another order.',
    sources: ['llama.cpp 0.7.0, ggml/src/gguf.cpp: gguf_init_from_reader', 'ggml-org/llama.cpp#10757'],
  },
});
