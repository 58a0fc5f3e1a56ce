import { entryPlace, fatalProblem, type Header } from '../../gguf/model.js';
import { defineRule, type Found } from '../check.js';
import { entryOf, type FileKind, kindOf } from '../facts/keys.js';
import { WHOLE_FILE } from '../whole-file.js';

interface Lacking {
  readonly kind: FileKind;
  readonly key: string;
  /** What the file has instead; absent where the key is missing. */
  readonly found?: string;
  readonly expected: string;
}

/** What llama.cpp asks of each kind of companion. */
const REQUIRED: Partial<Record<FileKind, readonly (readonly [key: string, type: string])[]>> = {
  adapter: [
    ['general.type', 'string'],
    ['general.architecture', 'string'],
    ['adapter.type', 'string'],
  ],
  imatrix: [
    ['imatrix.datasets', 'array of string'],
    ['imatrix.chunk_count', 'uint32'],
    ['imatrix.chunk_size', 'uint32'],
  ],
};

/** An adapter or an importance matrix without a key that its reader asks for. */
export const requiredKeys = defineRule<Lacking>({
  id: 'companion/required-keys',
  severity: 'error',
  needs: 'header',
  affects: ['llama.cpp *'],
  docs: {
    summary:
      'An adapter has `general.type`, `general.architecture` and `adapter.type`, an imatrix `imatrix.datasets`, `chunk_count` and `chunk_size`, in the types that llama.cpp asks for.',
    why: 'llama.cpp refuses an adapter, and `llama-quantize` an imatrix, without them.',
    example: '`imatrix.chunk_size` is missing: `missing imatrix metadata in file`.',
    remedy:
      'Make the file again with the tool of llama.cpp that is meant for it, or set the key with `ggufix meta set`.',
    fix: 'None: the value is not in the file.',
    sources: ['llama.cpp 0.7.0, src/llama-adapter.cpp and tools/quantize/quantize.cpp'],
  },
  find: ({ header }) => (fatalProblem(header) === undefined ? find(header) : []),
  describe: ({ kind, key, found, expected }) =>
    `${found === undefined ? `the ${kind} has no '${key}'` : `'${key}' is ${found}`}, expected ${expected}: llama.cpp refuses the file`,
});

function find(header: Header): Found<Lacking>[] {
  const kind = kindOf(header);
  return (REQUIRED[kind] ?? []).flatMap(([key, expected]): Found<Lacking>[] => {
    const entry = entryOf(header, key);
    if (entry === undefined) return [{ place: WHOLE_FILE, data: { kind, key, expected } }];
    const found = entry.itemType === undefined ? entry.type : `array of ${entry.itemType}`;
    return found === expected ? [] : [{ place: entryPlace(entry), data: { kind, key, found, expected } }];
  });
}
