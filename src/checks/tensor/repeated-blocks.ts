import { tensorPlace } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import type { TensorTypeName } from '../../gguf/tensor-types.js';
import { defineRule } from '../check.js';
import { scannedMatrices } from './scanned.js';

/** Neighbouring blocks that are equal. */
interface RepeatedBlocks {
  readonly tensor: string;
  readonly type: TensorTypeName;
  /** Blocks in the longest run, for types without blocks groups of 64 bytes. */
  readonly count: number;
  readonly bytes: number;
}

/** A page of a disk. Trained weights do not even repeat two blocks by chance. */
const FEWEST_BYTES = 4096;
const FEWEST_BLOCKS = 16;

/** Weights that repeat as no trained weights do. */
export const repeatedBlocks = defineRule<RepeatedBlocks>({
  id: 'tensor/repeated-blocks',
  severity: 'warning',
  needs: 'data',
  affects: [],
  docs: {
    summary: `No ${FEWEST_BYTES} bytes of a matrix are one block over and over.`,
    why: 'Trained weights differ from block to block. A long run of equal blocks that are not zero is what damaged storage, a faulty copy or a test file looks like, and the layer gives the same answer to whatever it is asked.',
    example: 'In blk.2.attn_q.weight (Q4_K) 512 blocks in a row have the same 144 bytes.',
    remedy: 'Compare the file with its published checksum and download or make it again.',
    fix: 'None: the right weights are not in the file.',
    sources: ["measured: no two neighbouring blocks are equal in the trained models of the project's test data"],
  },
  find: function* (context) {
    for (const { tensor, type, scan } of scannedMatrices(context)) {
      const { longestRepeat: count, repeatBytes: bytes } = scan;
      if (bytes < FEWEST_BYTES || count < FEWEST_BLOCKS) continue;
      yield { place: tensorPlace(tensor), data: { tensor: tensor.name, type, count, bytes } };
    }
  },
  describe: ({ tensor, type, count, bytes }) =>
    `tensor ${quoted(tensor)} (${type}) repeats the same ${bytes / count} bytes ${count} times in a row: trained weights do not, the data looks damaged`,
});
