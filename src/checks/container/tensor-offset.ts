import { type Header, tensorExtent } from '../../gguf/model.js';
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
    remedy: 'Apply the fix. Tensors that share bytes need a new conversion.',
    fix: 'Safe where no two tensors share a byte and all are inside the file: they are written one behind the other, the same bytes at other places, which writes the whole file anew. None otherwise: which of two tensors the bytes belong to is unknown.',
    sources: [
      'llama.cpp 0.7.0, ggml/src/gguf.cpp: gguf_init_from_reader',
      'CVE-2026-7482 (offsets past the end of the file)',
    ],
  },
  fix: (_, { header }) =>
    areApart(header)
      ? { safety: 'safe', title: 'Write the tensors one behind the other', edits: [{ op: 'repack' }] }
      : undefined,
});

/** Whether every tensor has bytes of its own inside the file. */
function areApart(header: Header): boolean {
  const extents = header.tensors.map((tensor) => tensorExtent(header, tensor));
  let end = 0;
  for (const extent of extents.toSorted((a, b) => (a?.offset ?? 0) - (b?.offset ?? 0))) {
    if (extent === undefined || extent.offset < end) return false;
    end = extent.offset + extent.length;
  }
  return true;
}
