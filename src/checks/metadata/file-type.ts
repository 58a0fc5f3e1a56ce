import { fileTypeName } from '../../gguf/file-types.js';
import { entryPlace, type Header } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import type { TensorTypeName } from '../../gguf/tensor-types.js';
import { defineRule, type Found } from '../check.js';
import { entryOf, numberOf } from '../facts/keys.js';
import { dominatingType, hasTypeOf } from '../facts/mix.js';
import { isWholeModel } from '../facts/whole-model.js';

const KEY = 'general.file_type';

/** A file type that no tensor of the file bears out, or that nobody knows. */
interface OddFileType {
  readonly id: number;
  /** Its name; absent for an unknown number. */
  readonly name?: string;
  /** The type that most weights have. */
  readonly dominating?: TensorTypeName;
}

/** A file type that does not describe the tensors. */
export const fileType = defineRule<OddFileType>({
  id: 'metadata/file-type',
  severity: 'warning',
  needs: 'header',
  affects: [],
  docs: {
    summary:
      '`general.file_type` is a known number, and the file has tensors of the type that it names, or of what stands in for it where rows do not fit its blocks.',
    why: 'Programs show it as the quantization of the model and choose by it. Nothing computes with it: the weights are read by the types of the tensors.',
    example: 'A script requantized an F16 file to Q4_K and left `general.file_type` at 1, which means F16.',
    remedy: 'Set it to the type that most weights have.',
    fix: 'Unsafe: the number for the type that most weights have is written; of several mixes with one main type (S, M, L) M is taken, which may not be the recipe that made the file. Nothing is done where no number stands for that type.',
    sources: [
      'llama.cpp 0.7.0, include/llama.h: llama_ftype',
      'its llama-quantize, run for every file type on rows of 448, 512 and 896 weights',
      'GGUF specification, docs/gguf.md',
    ],
  },
  find: ({ header }) => (isWholeModel(header) && !isSharded(header) ? judge(header) : []),
  describe: ({ id, name, dominating }) =>
    name === undefined
      ? `${quoted(KEY)} is ${id}, which stands for no file type that llama.cpp 0.7.0 knows`
      : `${quoted(KEY)} is ${id} (${name}), but no tensor is of that type; most weights are ${dominating ?? 'of an unknown type'}`,
  fix: ({ dominating }) => {
    const id = dominating === undefined ? undefined : idOf(dominating);
    if (id === undefined) return undefined;
    return {
      safety: 'unsafe',
      title: `Set ${KEY} to ${id} (${fileTypeName(id)})`,
      edits: [{ op: 'set-metadata', key: KEY, value: { type: 'uint32', value: id } }],
    };
  },
});

/** The first shard has not all the tensors. */
function isSharded(header: Header): boolean {
  return (numberOf(header, 'split.count') ?? 0) > 1;
}

function judge(header: Header): Found<OddFileType>[] {
  const entry = entryOf(header, KEY);
  const id = numberOf(header, KEY);
  if (entry === undefined || id === undefined || !Number.isSafeInteger(id)) return [];
  const name = fileTypeName(id);
  if (name !== undefined && hasTypeOf(header, name)) return [];
  const dominating = dominatingType(header);
  const place = entryPlace(entry);
  return [{ place, data: { id, ...(name && { name }), ...(dominating && { dominating }) } }];
}

const HIGHEST_ID = 41;

/** The file type of a tensor type: by its own name, or as the medium mix. */
function idOf(type: TensorTypeName): number | undefined {
  const ids = Array.from({ length: HIGHEST_ID + 1 }, (_, id) => id);
  return [type, `${type}_M`, `${type}_MOE`].map((name) => ids.find((id) => fileTypeName(id) === name)).find(isDefined);
}

function isDefined(id: number | undefined): id is number {
  return id !== undefined;
}
