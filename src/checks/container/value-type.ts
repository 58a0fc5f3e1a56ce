import { problemRule } from '../problem-rule.js';
import { ALL_READERS } from '../readers.js';

/** A value, or an array of elements, of an undefined type. */
export const valueType = problemRule({
  id: 'container/value-type',
  codes: ['value-type', 'element-type'],
  affects: ALL_READERS,
  docs: {
    summary: "The type of a value, and of an array's elements, is one of the 13 that GGUF defines.",
    why: 'The size of a value follows from its type, so nothing after an unknown one can be read.',
    example: 'A value has type 13, or type 0x80000000 where the header was damaged.',
    remedy: 'Download the file again, or convert the model with a present converter.',
    fix: 'None: where the value ends is unknown.',
    sources: ['llama.cpp 0.7.0, ggml/src/gguf.cpp: gguf_init_from_reader', 'ggml, docs/gguf.md'],
  },
});
