import { dataEnd } from '../../gguf/data-end.js';
import { defineRule } from '../check.js';

interface Joined {
  /** Byte offset of the second file. */
  readonly at: number;
}

const MAGIC = Buffer.from('GGUF', 'latin1');

/** A second GGUF file behind the data of the first. */
export const joinedFiles = defineRule<Joined>({
  id: 'container/joined-files',
  severity: 'error',
  needs: 'edges',
  affects: [],
  docs: {
    summary: 'A file holds one GGUF file.',
    why: 'Every reader stops after the first and never sees the tensors of the second: a model joined so is incomplete, and llama.cpp refuses it with a wrong count of tensors or for the first one that it misses.',
    example: '`cat model-0000*-of-00003.gguf > model.gguf`.',
    remedy: 'Cut the file where the second one begins, give the parts their names back, and load the first of them.',
    fix: 'None: the second file has to become a file of its own.',
    sources: ['llama.cpp 0.7.0, tools/gguf-split', 'ollama/ollama#8456'],
  },
  *find({ header, evidence }) {
    const at = dataEnd(header);
    const { trailing } = evidence.edges ?? {};
    if (at === undefined || trailing === undefined || !MAGIC.equals(trailing.subarray(0, MAGIC.byteLength))) return;
    yield { place: { kind: 'file', offset: at, length: header.fileSize - at }, data: { at } };
  },
  describe: ({ at }) => `a second GGUF file begins at byte ${at}: readers see only the tensors of the first`,
});
