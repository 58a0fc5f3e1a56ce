import { problemRule } from '../problem-rule.js';

/** The padding that is missing after the last tensor. */
export const finalPadding = problemRule({
  id: 'container/final-padding',
  codes: ['final-padding'],
  affects: ['ggml *'],
  docs: {
    summary: 'The last tensor is padded to the alignment as the others are.',
    why: 'llama.cpp loads the file all the same. Programs that let ggml read the tensor data, instead of mapping the file, refuse it.',
    example: "A writer that stops after the last weight: the file's size is no multiple of 32.",
    remedy: 'Any ggufix command that rewrites the file adds the padding.',
    fix: 'None of its own: appending a few zeros is not worth a write to the file.',
    sources: [
      'llama.cpp 0.7.0, ggml/src/gguf.cpp: gguf_init_from_reader (data mode)',
      'ollama/ollama#8456 (readers that look for more behind the last tensor)',
    ],
  },
});
