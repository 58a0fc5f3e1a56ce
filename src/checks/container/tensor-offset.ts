import { problemRule } from '../problem-rule.js';
import { GGML_READERS } from '../readers.js';

/** A tensor at another place than right behind the one before it. */
export const tensorOffset = problemRule({
  id: 'container/tensor-offset',
  codes: ['tensor-offset'],
  affects: GGML_READERS,
  docs: {
    summary: 'Each tensor starts where the one before it ends, padded to the alignment.',
    why: 'ggml accepts no gap, no overlap and no other order. Most other readers follow the offsets wherever they lead.',
    example:
      'A script appended a new version of a tensor at the end of the file and left a hole where the old one was.',
    remedy:
      'For a gap, any ggufix command that rewrites the file closes it. Overlapping tensors need a new conversion.',
    fix: 'None of its own: there is no edit yet that only moves tensors.',
    sources: [
      'llama.cpp 0.7.0, ggml/src/gguf.cpp: gguf_init_from_reader',
      'CVE-2026-7482 (offsets past the end of the file)',
    ],
  },
});
