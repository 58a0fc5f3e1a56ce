import { problemRule } from '../problem-rule.js';
import { LLAMA_CPP_AND_OLLAMA } from '../readers.js';

/** A file made on a big-endian machine. */
export const endianness = problemRule({
  id: 'container/endianness',
  codes: ['big-endian'],
  affects: LLAMA_CPP_AND_OLLAMA,
  docs: {
    summary: 'All numbers are little-endian.',
    why: 'llama.cpp takes a byte-swapped version for an absurdly high one and refuses the file.',
    example: 'The bytes after the magic are `00 00 00 03`: the file was made for an s390x or PowerPC machine.',
    remedy: "Look for the little-endian file of the same model, or swap it with gguf-py's `gguf-convert-endian`.",
    fix: 'None: header and block scales of every tensor would have to be swapped.',
    sources: ['llama.cpp 0.7.0, ggml/src/gguf.cpp: gguf_init_from_reader', 'ggml-org/llama.cpp#11349'],
  },
});
