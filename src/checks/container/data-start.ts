import { problemRule } from '../problem-rule.js';
import { ALL_READERS } from '../readers.js';

/** A file that ends before its data section. */
export const dataStart = problemRule({
  id: 'container/data-start',
  codes: ['data-start'],
  affects: ALL_READERS,
  docs: {
    summary: 'The data section starts within the file.',
    why: 'It starts after the header, at the next multiple of the alignment. If the file ends before that, there are no weights in it.',
    example: 'Only the header was downloaded; or `general.alignment` is 2^31 in a tiny file.',
    remedy: "Download the file again and compare its size with the publisher's.",
    fix: 'None: the weights are not there.',
    sources: ['llama.cpp 0.7.0, ggml/src/gguf.cpp: gguf_init_from_reader'],
  },
});
