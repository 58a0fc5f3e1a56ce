import { quoted } from '../../gguf/printable.js';
import { defineRule } from '../check.js';
import { WHOLE_FILE } from '../whole-file.js';

/** A piece of a file that was cut without regard to what is in it. */
interface RawPiece {
  readonly name: string;
}

/** Names of pieces that `split` and upload scripts make; GGUF shards are named `-00001-of-00003.gguf`. */
const PIECE = /\.gguf(?:[.-](?:part|split|chunk)[-_.]?(?:\d{1,5}(?:of\d{1,5})?|[a-z]{1,2})|\.\d{3})$/i;

/** A file that is named as a raw piece of a larger one. */
export const rawPiece = defineRule<RawPiece>({
  id: 'shard/raw-piece',
  severity: 'error',
  needs: 'name',
  affects: [],
  docs: {
    summary: 'The file is no raw piece of a larger one, such as `MODEL.gguf.part1of2`.',
    why: 'Such pieces are cut at any byte: the first one looks like a damaged download, the others like no GGUF at all. Unlike GGUF shards they must be joined before anything reads them.',
    example: '`falcon-180b-chat.Q6_K.gguf-split-a`.',
    remedy: 'Join the pieces in the order of their names: `cat MODEL.gguf.part* > MODEL.gguf`.',
    fix: 'None: the other pieces are other files.',
    sources: ['oobabooga/text-generation-webui#6080', 'ggml-org/llama.cpp#6187'],
  },
  *find({ evidence: { name = '' } }) {
    if (PIECE.test(name)) yield { place: WHOLE_FILE, data: { name } };
  },
  describe: ({ name }) => `the name ${quoted(name)} is that of a raw piece of a file: join the pieces before use`,
});
