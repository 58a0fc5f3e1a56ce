import { problemRule } from '../problem-rule.js';

/** The limits that are ours, not ggml's. */
export const headerSize = problemRule({
  id: 'container/header-size',
  codes: ['header-too-large'],
  severity: 'error',
  affects: [],
  docs: {
    summary:
      'The header has at most the 128 MiB, 65,536 keys, 65,536 tensors and 1,000 faults that ggufix reads, and no name longer than 65,535 bytes.',
    why: 'The largest known header, with a vocabulary of 262,144 tokens, has 16 MB, and the Hugging Face Hub stops at 50 MB. ggufix cannot judge what it does not read, so the file does not pass.',
    example:
      'A key holds a whole data set, a length was damaged and spans the tensor data, or the file was made to exhaust memory.',
    remedy: 'Find out which key is so large and leave it out when you convert the model.',
    fix: 'None: the header was not read to its end.',
    sources: ['ggufix src/limits.ts: MAX_HEADER_BYTES, MAX_READ_KEYS, MAX_READ_TENSORS, MAX_PROBLEMS'],
  },
});
