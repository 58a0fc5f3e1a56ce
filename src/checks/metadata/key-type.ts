import { convertedValue } from '../../edit/convert-value.js';
import { isGgufError } from '../../errors.js';
import { encodeTypedValue, type TypedValue } from '../../gguf/encode-value.js';
import { entryPlace, type Header, type MetadataEntry } from '../../gguf/model.js';
import { printable, quoted } from '../../gguf/printable.js';
import { type ItemTypeName, isFloatType, isIntegerType } from '../../gguf/value-types.js';
import { scalarValue } from '../../gguf/values.js';
import { defineRule, type Fix, type Found } from '../check.js';
import { architectureOf, entryOf, kindOf } from '../facts/keys.js';
import { knownKey } from '../facts/known-keys.js';
import { type TypeLabel, typeLabel } from '../facts/type-label.js';

/** A known key in another type than its readers ask for. */
interface Mistyped {
  readonly key: string;
  /** The type in the file. */
  readonly found: string;
  readonly expected: readonly TypeLabel[];
  /** Whether llama.cpp reads the key for this architecture. */
  readonly isRead: boolean;
}

/** A known key in a wrong type. */
export const keyType = defineRule<Mistyped>({
  id: 'metadata/key-type',
  severity: 'error',
  needs: 'header',
  affects: ['llama.cpp *', 'ollama *'],
  docs: {
    summary: 'Each known key has exactly the type that its readers ask for.',
    why: 'llama.cpp compares types exactly: a uint64 or a float where it asks for a uint32 and it refuses the file, whatever the value. Ollama takes the default in place of the value. Keys that llama.cpp does not read for the architecture are warnings. Keys that are not known are not judged.',
    example: '`llama.block_count` is uint64 32, or `tokenizer.ggml.add_bos_token` is uint8 1.',
    remedy: 'Apply the fix, or convert the model again with a current converter.',
    fix: 'Safe where the expected type holds the same value exactly: 10.0 becomes 10, 1 becomes true. Unsafe where a float64 must be rounded to the nearest float32, as every converter does; it changes the value by less than one part in 16 million. Nothing is done for other values.',
    sources: [
      'llama.cpp 0.7.0 (its loader, asked for the type of each key)',
      'gguf-py 0.19, constants.py and gguf_writer.py',
      'GGUF specification, docs/gguf.md',
    ],
  },
  find: ({ header }) => (isJudged(header) ? header.metadata.flatMap((entry) => judge(header, entry)) : []),
  describe: ({ key, found, expected, isRead }) =>
    `${quoted(key)} is ${found}, expected ${expected.join(' or ')}: ${isRead ? 'llama.cpp refuses the file' : 'a reader that asks for the key refuses it or takes its default'}`,
  fix: ({ key, expected }, { header }) => {
    const entry = entryOf(header, key);
    return entry === undefined ? undefined : retype(entry, expected);
  },
});

/** Adapters, imatrix files and projectors are judged by rules of their own. */
function isJudged(header: Header): boolean {
  return kindOf(header) === 'model' || kindOf(header) === 'vocabulary';
}

function judge(header: Header, entry: MetadataEntry): Found<Mistyped>[] {
  // The second entry of a key is `container/key-duplicate`.
  if (entryOf(header, entry.key) !== entry) return [];
  const known = knownKey(entry.key, architectureOf(header));
  const found = typeLabel(entry);
  if (known === undefined || known.types.some((type) => type === found)) return [];
  return [
    {
      place: entryPlace(entry),
      data: { key: entry.key, found, expected: known.types, isRead: known.isRead },
      severity: known.isRead ? 'error' : 'warning',
    },
  ];
}

/** An array this long is no hyperparameter, and converting it would cost memory. */
const MAX_ITEMS = 4096;

function retype(entry: MetadataEntry, expected: readonly TypeLabel[]): Fix | undefined {
  const isArray = entry.type === 'array';
  if ((entry.count ?? 0) > MAX_ITEMS) return undefined;
  const label = expected.find((type) => type.startsWith('array of ') === isArray);
  if (label === undefined) return undefined;
  const to = itemTypeOf(label);
  if (isExact(entry, to)) {
    const title = `Write ${printable(entry.key)} as ${label} instead of ${typeLabel(entry)}`;
    return { safety: 'safe', title, edits: [{ op: 'retype-metadata', key: entry.key, to }] };
  }
  return entry.type === 'float64' && to === 'float32' ? round(entry.key, Number(scalarValue(entry))) : undefined;
}

function itemTypeOf(label: TypeLabel): ItemTypeName {
  // The rest of an array's label is the name of its element type.
  return (label.startsWith('array of ') ? label.slice('array of '.length) : label) as ItemTypeName;
}

/** Whether the edit layer can write the value as this type without changing it. */
function isExact(entry: MetadataEntry, to: ItemTypeName): boolean {
  if (!isNumeric(entry)) return false;
  try {
    const value: TypedValue = convertedValue(entry, to);
    encodeTypedValue(entry.key, value);
    return true;
  } catch (error) {
    if (isGgufError(error)) return false;
    throw error;
  }
}

/** A string never becomes a number, nor a number a string. */
function isNumeric({ type, itemType }: MetadataEntry): boolean {
  const item = type === 'array' ? itemType : type;
  return item !== undefined && (isIntegerType(item) || isFloatType(item) || item === 'bool');
}

function round(key: string, value: number): Fix | undefined {
  const rounded = Math.fround(value);
  if (!Number.isFinite(rounded) || (rounded === 0 && value !== 0)) return undefined;
  return {
    safety: 'unsafe',
    title: `Write ${printable(key)} as float32 ${rounded} instead of float64 ${value}`,
    edits: [{ op: 'set-metadata', key, value: { type: 'float32', value: rounded } }],
  };
}
