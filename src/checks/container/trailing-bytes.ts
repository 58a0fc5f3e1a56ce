import { dataEnd } from '../../gguf/data-end.js';
import { defineRule } from '../check.js';

interface Trailing {
  readonly extra: number;
}

/** Bytes behind the padded data section that belong to nothing. */
export const trailingBytes = defineRule<Trailing>({
  id: 'container/trailing-bytes',
  severity: 'warning',
  needs: 'header',
  affects: [],
  docs: {
    summary: 'The file ends with the padding of its last tensor.',
    why: 'llama.cpp does not look at what follows, so the bytes only take space. But they show that the file was not made in one piece: two files joined, a download that was resumed wrongly, or something hidden behind the weights.',
    example: 'The shards of a model were joined with `cat`: the second file stands behind the data of the first.',
    remedy:
      'Look at what the bytes are. Shards are joined with `llama-gguf-split --merge`; for all else, download the file again.',
    fix: 'None: no edit cuts a file, and what the bytes are is unknown.',
    sources: ['llama.cpp 0.7.0 (loads such files)', 'ollama/ollama#8456'],
  },
  *find({ header }) {
    const end = dataEnd(header);
    if (end === undefined || header.fileSize <= end) return;
    const extra = header.fileSize - end;
    yield { place: { kind: 'file', offset: end, length: extra }, data: { extra } };
  },
  describe: ({ extra }) => `${extra} bytes follow the data of the last tensor, which no reader looks at`,
});
