import { problemRule } from '../problem-rule.js';
import { ALL_READERS } from '../readers.js';

/** The file ends inside its header, or its counts claim more than it can hold. */
export const truncatedHeader = problemRule({
  id: 'container/truncated-header',
  codes: ['header-truncated'],
  affects: ALL_READERS,
  docs: {
    summary: 'The file holds the whole header that its counts and lengths announce.',
    why: 'A reader that believes the counts runs past the end. Some readers fill in zeros and show a model that does not exist.',
    example:
      'A download stopped within the vocabulary; or a count or length was damaged and claims more than the file can hold.',
    remedy: "Download the file again and compare its size and checksum with the publisher's.",
    fix: 'None: the bytes are not there.',
    sources: [
      'llama.cpp 0.7.0, ggml/src/gguf.cpp: gguf_init_from_reader',
      'CVE-2024-32878, CVE-2024-41130 (readers that went on after a short read)',
    ],
  },
});
