import { problemRule } from '../problem-rule.js';
import { ALL_READERS } from '../readers.js';

/** What stands in place of the magic; the message names it where it can be told. */
export const magic = problemRule({
  id: 'container/magic',
  codes: ['magic'],
  affects: ALL_READERS,
  docs: {
    summary: 'A GGUF file begins with the four bytes `GGUF`.',
    why: "Every reader looks at them first and reads no further. What stands there instead tells what was saved under a model's name.",
    example:
      'The first bytes are `<!do`: a download saved the error page of a server. Or `vers`: a clone without Git LFS left the pointer in place of the file.',
    remedy:
      'Download the file again. For a Git LFS pointer run `git lfs pull`; an older ggml file or a checkpoint of another format must be converted.',
    fix: 'None: there is no model in the file.',
    sources: ['llama.cpp 0.7.0, ggml/src/gguf.cpp: gguf_init_from_reader', 'ollama/ollama#5245 (Git LFS pointers)'],
  },
});
