import { problemRule } from '../problem-rule.js';
import { GGML_READERS } from '../readers.js';

/** A name that does not fit into ggml's field. */
export const tensorName = problemRule({
  id: 'container/tensor-name',
  codes: ['tensor-name-length'],
  affects: GGML_READERS,
  docs: {
    summary: 'The name of a tensor is shorter than 64 bytes.',
    why: 'ggml keeps names in fields of 64 bytes, the closing zero included, and refuses longer ones. The specification says 64, which is one too many.',
    example: 'A converter kept the long name of the original checkpoint: `model.language_model.layers.0.self_attn.…`.',
    remedy: 'Convert the model again with a converter that renames its tensors as llama.cpp expects them.',
    fix: 'None: the right name is unknown.',
    sources: ['llama.cpp 0.7.0, ggml/src/gguf.cpp: gguf_init_from_reader', 'ggml, docs/gguf.md'],
  },
});
