import type { Header } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { defineRule, type Found } from '../check.js';
import { problemsOf } from '../problem-rule.js';
import { ALL_READERS } from '../readers.js';

/** What is missing at the end of a file. */
interface Truncated {
  /** Bytes between the file's end and the last byte that a tensor needs; a decimal string, it may pass 2^53. */
  readonly missing: string;
  readonly fileSize: number;
  /** Tensors whose data is cut or missing, and the first of them. */
  readonly tensors: number;
  readonly first: string;
}

/** Tensor data past the end of the file: one finding for the file, not one for each tensor that the cut took. */
export const dataTruncated = defineRule<Truncated>({
  id: 'container/data-truncated',
  severity: 'error',
  needs: 'header',
  affects: ALL_READERS,
  docs: {
    summary: 'The file holds the data of all its tensors.',
    why: 'llama.cpp refuses the file. Programs that map it without looking crash while the model answers, or read foreign memory.',
    example: 'A download stopped at 3.1 of 4.2 GB: the header is whole, the last tensors are missing.',
    remedy:
      'Resume or repeat the download. Until then nothing in the file should be changed, or it can no longer be resumed.',
    fix: 'None, and no other fix is applied to such a file: the weights are not there, and a patched part would not fit the rest of the download.',
    sources: ['llama.cpp 0.7.0, src/llama-model-loader.cpp', 'ggml-org/llama.cpp#6885'],
  },
  find: ({ header }) => findTruncation(header),
  describe: ({ missing, fileSize, ...cut }) =>
    `the file ends at ${fileSize}, ${missing} bytes too early: ${describeCut(cut)}`,
});

function findTruncation({ problems, fileSize }: Header): Found<Truncated>[] {
  const cut = problemsOf(problems, ['data-truncated']);
  const [first] = cut;
  if (first === undefined) return [];
  let missing = 0n;
  for (const { data } of cut) if (BigInt(data.missing) > missing) missing = BigInt(data.missing);
  const data = { missing: `${missing}`, fileSize, tensors: cut.length, first: first.data.name };
  return [{ place: { kind: 'file', offset: fileSize, length: 0 }, data }];
}

function describeCut({ tensors, first }: Pick<Truncated, 'tensors' | 'first'>): string {
  return tensors === 1
    ? `the data of tensor ${quoted(first)} is cut or missing`
    : `the data of ${tensors} tensors is cut or missing, from ${quoted(first)} on`;
}
