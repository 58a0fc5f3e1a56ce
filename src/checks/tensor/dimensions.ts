import type { Header } from '../../gguf/model.js';
import { arrayItems } from '../../gguf/values.js';
import { entryOf, modelKey, numberOf } from '../facts/keys.js';

/** A dimension of a tensor that follows from the file's own keys. */
export type DimensionName = keyof typeof DIMENSIONS;

/** The size that a dimension must have, and where it comes from. */
export interface Dimension {
  /** `undefined` where the file does not say, which is for other rules. */
  readonly size: number | undefined;
  /** For messages: a key, a product of keys, or a number that the architecture fixes. */
  readonly origin: string;
}

/** The size of a dimension in a layer. */
export function dimensionOf(header: Header, name: DimensionName, layer: number): Dimension {
  return DIMENSIONS[name](readerOf(header, layer));
}

/** Most elements of an array of layers that is looked into; llama.cpp reads up to 512 layers. */
const MAX_LAYERS = 512;

/** Reads the model's own keys as llama.cpp does for one layer. */
interface Reader {
  readonly number: (name: string) => number | undefined;
  readonly key: (name: string) => string;
  readonly tokens: () => number | undefined;
}

function readerOf(header: Header, layer: number): Reader {
  const key = (name: string): string => modelKey(header, name) ?? name;
  return {
    key,
    number: (name) => numberOf(header, key(name)) ?? itemOf(header, key(name), layer),
    tokens: () => entryOf(header, 'tokenizer.ggml.tokens')?.count,
  };
}

/** The element of an array key that has one for each layer. */
function itemOf(header: Header, key: string, layer: number): number | undefined {
  const entry = entryOf(header, key);
  if (entry?.type !== 'array' || entry.itemType === 'string' || (entry.count ?? 0) > MAX_LAYERS) return undefined;
  let at = 0;
  for (const item of arrayItems(entry)) {
    if (at === layer) return Number(item);
    at += 1;
  }
  return undefined;
}

const EMBD = 'embedding_length';
const HEADS = 'attention.head_count';
const KV_HEADS = 'attention.head_count_kv';
const KEY = 'attention.key_length';
const VALUE = 'attention.value_length';

const fixed = (size: number): (() => Dimension) => {
  return () => ({ size, origin: 'the architecture' });
};

/** A key that llama.cpp takes for 0 where it is missing. */
const count = (name: string, factor = 1): ((reader: Reader) => Dimension) => {
  return ({ number, key }) => ({
    size: (number(name) ?? 0) * factor,
    origin: factor === 1 ? key(name) : `${factor} × ${key(name)}`,
  });
};

const embd = ({ number, key }: Reader): Dimension => ({ size: number(EMBD), origin: key(EMBD) });

/** Heads times the length of each, which is embedding_length / head_count where no key gives it. */
const headsTimes = (heads: string, length: string): ((reader: Reader) => Dimension) => {
  return (reader) => {
    const found = reader.number(heads) ?? reader.number(HEADS) ?? 0;
    const each = headLength(reader, length);
    const lengthText = reader.number(length) === undefined ? `(${EMBD} / ${HEADS})` : length;
    return { size: each === undefined ? undefined : found * each, origin: `${reader.key(heads)} × ${lengthText}` };
  };
};

function headLength({ number }: Reader, length: string): number | undefined {
  const given = number(length);
  if (given !== undefined) return given;
  const [size, heads] = [number(EMBD), number(HEADS) ?? 0];
  if (size === undefined) return undefined;
  return heads > 0 ? Math.floor(size / heads) : 0;
}

const q = headsTimes(HEADS, KEY);
const k = headsTimes(KV_HEADS, KEY);
const v = headsTimes(KV_HEADS, VALUE);

const DIMENSIONS = {
  embd,
  vocab: ({ tokens }: Reader): Dimension => ({ size: tokens(), origin: 'the number of tokenizer.ggml.tokens' }),
  ff: count('feed_forward_length'),
  'ff-twice': count('feed_forward_length', 2),
  q,
  k,
  v,
  /** What the output of attention reads: the values of all heads. */
  heads: headsTimes(HEADS, VALUE),
  /** Fused as in phi3: the queries have the width of the embedding. */
  qkv: (reader: Reader): Dimension => {
    const [own, keys] = [embd(reader), k(reader)];
    const isKnown = own.size !== undefined && keys.size !== undefined;
    return {
      size: isKnown ? Number(own.size) + 2 * Number(keys.size) : undefined,
      origin: `${own.origin} + 2 × ${keys.origin}`,
    };
  },
  key: (reader: Reader): Dimension => ({ size: headLength(reader, KEY), origin: reader.key(KEY) }),
  'head-count': count(HEADS),
  experts: count('expert_count'),
  'expert-ff': count('expert_feed_forward_length'),
  // llama.cpp reads none of these from the file.
  'per-layer': fixed(256),
  'per-layer-all': ({ number, key }: Reader): Dimension => {
    const layers = number('block_count');
    return { size: layers === undefined ? undefined : 256 * layers, origin: `256 × ${key('block_count')}` };
  },
  altup: fixed(4),
  'altup-others': fixed(3),
  'altup-square': fixed(16),
  laurel: fixed(64),
};
