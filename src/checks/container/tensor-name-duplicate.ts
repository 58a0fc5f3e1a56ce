import { problemRule } from '../problem-rule.js';
import { GGML_READERS } from '../readers.js';

/** The second tensor of a name. */
export const tensorNameDuplicate = problemRule({
  id: 'container/tensor-name-duplicate',
  codes: ['tensor-name-duplicate'],
  affects: GGML_READERS,
  docs: {
    summary: 'No two tensors have the same name.',
    why: 'ggml refuses the file; other readers silently take one of the two.',
    example: 'Two files of a split model were joined, or a script appended a tensor that was there already.',
    remedy: 'Convert or merge the model again.',
    fix: 'None: which of the two is meant is unknown.',
    sources: ['llama.cpp 0.7.0, ggml/src/gguf.cpp: gguf_init_from_reader'],
  },
});
