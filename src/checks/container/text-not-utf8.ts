import { entryPlace, type Header, type MetadataEntry, type TensorInfo, tensorPlace } from '../../gguf/model.js';
import { quoted } from '../../gguf/printable.js';
import { isUtf8 } from '../../gguf/text.js';
import { eachString, stringBytes } from '../../gguf/values.js';
import { defineRule, type Found } from '../check.js';

interface NotUtf8 {
  readonly what: 'key' | 'tensor name' | 'value' | 'array';
  readonly name: string;
  /** Strings of an array that are no UTF-8, and the index of the first. */
  readonly strings?: number;
  readonly first?: number;
}

/** Bytes of the length that stands before each string. */
const LENGTH_BYTES = 8;

/** Keys, tensor names and strings whose bytes are no UTF-8. */
export const textNotUtf8 = defineRule<NotUtf8>({
  id: 'container/text-not-utf8',
  severity: 'warning',
  needs: 'header',
  affects: [],
  docs: {
    summary: 'All text of a file is UTF-8.',
    why: 'llama.cpp takes the bytes as they are. Readers in Python, Rust or JavaScript stop with an error, or show replacement characters and write those back.',
    example: '`general.author` in Latin-1; or a vocabulary with tokens cut in the middle of a character.',
    remedy: 'Set the value anew with `ggufix meta set`; convert the model again where tokens are damaged.',
    fix: 'None: in which encoding the bytes were meant is unknown.',
    sources: ['GGUF specification, ggml/docs/gguf.md', 'gguf-py 0.19, gguf_reader.py'],
  },
  find: ({ header }) => find(header),
  describe: ({ what, name, strings, first }) =>
    what === 'array'
      ? `${strings} strings of ${quoted(name)} are no UTF-8, the first at index ${first}: some readers refuse the file`
      : `the ${what}${what === 'value' ? ' of' : ''} ${quoted(name)} is no UTF-8: some readers refuse the file`,
});

function* find({ metadata, tensors }: Header): Generator<Found<NotUtf8>> {
  for (const entry of metadata) yield* inEntry(entry);
  for (const tensor of tensors) {
    if (!isUtf8(nameBytes(tensor)))
      yield { place: tensorPlace(tensor), data: { what: 'tensor name', name: tensor.name } };
  }
}

function* inEntry(entry: MetadataEntry): Generator<Found<NotUtf8>> {
  const { key: name, raw, typeAt, type, itemType } = entry;
  const place = entryPlace(entry);
  if (!isUtf8(raw.subarray(LENGTH_BYTES, typeAt))) yield { place, data: { what: 'key', name } };
  if (type === 'string' && !isUtf8(stringBytes(entry, 0))) yield { place, data: { what: 'value', name } };
  if (itemType !== 'string') return;
  const { strings, first } = badStrings(entry);
  if (strings > 0) yield { place, data: { what: 'array', name, strings, first } };
}

function badStrings(entry: MetadataEntry): { strings: number; first: number } {
  let [strings, first] = [0, -1];
  eachString(entry, (start, end, index) => {
    if (isUtf8(entry.raw, start, end)) return;
    if (strings === 0) first = index;
    strings += 1;
  });
  return { strings, first };
}

function nameBytes({ raw }: TensorInfo): Uint8Array {
  const length = new DataView(raw.buffer, raw.byteOffset, LENGTH_BYTES).getBigUint64(0, true);
  return raw.subarray(LENGTH_BYTES, LENGTH_BYTES + Number(length));
}
