import { entryPlace, type Header, type MetadataEntry } from '../../gguf/model.js';
import { printable, quoted } from '../../gguf/printable.js';
import { isFloatType, isIntegerType } from '../../gguf/value-types.js';
import { scalarValue } from '../../gguf/values.js';
import { defineRule, type Found } from '../check.js';
import { entryOf } from '../facts/keys.js';

const SUFFIX = '.attention.shared_kv_layers';

/** A count of shared layers that is no uint32. Values are text: JSON has no NaN and no 64-bit integers. */
interface MistypedCount {
  readonly key: string;
  /** What the file says instead: `float32 10`, `array of int32`, `string`. */
  readonly found: string;
  /** Why the value cannot become a uint32; absent where it can. */
  readonly obstacle?: string;
}

/** The count of layers that share a KV cache, in another type than the one that readers ask for. */
export const sharedKvLayersType = defineRule<MistypedCount>({
  id: 'gemma3n/shared-kv-layers-type',
  severity: 'error',
  needs: 'header',
  affects: ['ollama >=0.9.3', 'llama.cpp *'],
  docs: {
    summary: 'The key `*.attention.shared_kv_layers` is a uint32.',
    why: "Ollama's own engine (0.9.3 up to 0.30) asks for a uint32 and takes anything else for 0: Gemma 3n then shares no layers, needs more memory and computes other keys and values than it was trained with, without an error. llama.cpp does not read the key for gemma3n, so such files work there; for gemma4 it does, and refuses to load the file.",
    example:
      '`gemma3n.attention.shared_kv_layers` is float32 10.0 in E2B and 15.0 in E4B files of mid-2025: the converter of that time wrote the count as a float.',
    remedy:
      'Apply the fix. For the few readers that insist on the old type, `ggufix meta set FILE KEY --as float32` turns it back.',
    fix: 'Safe: the same number is written as a uint32; for a float32 that changes 8 bytes in place. None where the value is no whole number from 0 up to `block_count`, or is no number: the message says why.',
    sources: [
      'ggml-org/llama.cpp#14450 (the converter), #17597 (a corrected header)',
      'ollama v0.9.3, fs/ggml/ggml.go and model/models/gemma3n/model_text.go',
      'Unsloth, "Gemma 3n: how to run and fine-tune"',
    ],
  },
  find: function* ({ header }) {
    for (const entry of header.metadata) {
      if (entry.key.endsWith(SUFFIX) && entry.type !== 'uint32') yield judge(header, entry);
    }
  },
  describe: ({ key, found, obstacle }) =>
    `${quoted(key)} is ${found}, expected uint32: ${CONSEQUENCES[readerOf(key)]}${obstacle === undefined ? '' : `; no fix, as ${obstacle}`}`,
  affectsOf: ({ key }) => AFFECTS[readerOf(key)],
  fix: ({ key, found, obstacle }) =>
    obstacle === undefined
      ? {
          safety: 'safe',
          title: `Write ${printable(key)} as uint32 instead of ${found}`,
          edits: [{ op: 'retype-metadata', key, to: 'uint32' }],
        }
      : undefined,
});

/** Who reads the key: for gemma3n only Ollama's own engine, for gemma4 llama.cpp as well. */
type Reader = 'ollama-engine' | 'both' | 'unknown';

const AFFECTS: Readonly<Record<Reader, readonly string[]>> = {
  'ollama-engine': ['ollama >=0.9.3 <0.30.0'],
  both: ['llama.cpp *', 'ollama >=0.20.0'],
  unknown: ['llama.cpp *'],
};

const CONSEQUENCES: Readonly<Record<Reader, string>> = {
  'ollama-engine': 'Ollama before 0.30 takes it for 0 and answers wrongly',
  both: 'llama.cpp refuses to load the file',
  unknown: 'a reader that looks for it refuses the file or takes it for 0',
};

const READERS: Readonly<Record<string, Reader>> = { gemma3n: 'ollama-engine', gemma4: 'both' };

function readerOf(key: string): Reader {
  return READERS[archOf(key)] ?? 'unknown';
}

function archOf(key: string): string {
  return key.slice(0, -SUFFIX.length);
}

function judge(header: Header, entry: MetadataEntry): Found<MistypedCount> {
  const { key, type, itemType = 'array' } = entry;
  const place = entryPlace(entry);
  if (type === 'array')
    return { place, data: { key, found: `array of ${itemType}`, obstacle: 'an array holds no single count' } };
  if (!isIntegerType(type) && !isFloatType(type)) {
    return { place, data: { key, found: type, obstacle: `a ${type} is no number` } };
  }
  const value = Number(scalarValue(entry));
  const obstacle = obstacleTo(value, layerCount(header, archOf(key)));
  const found = `${type} ${scalarValue(entry)}`;
  return { place, data: { key, found, ...(obstacle === undefined ? {} : { obstacle }) } };
}

/** The number of layers of the model, where the file tells it. */
function layerCount(header: Header, arch: string): number | undefined {
  const entry = entryOf(header, `${arch}.block_count`);
  return entry !== undefined && isIntegerType(entry.type) ? Number(scalarValue(entry)) : undefined;
}

const MAX_UINT32 = 2 ** 32 - 1;

/** 64-bit integers beyond 2^53 lose digits as a number, but no model has as many layers. */
function obstacleTo(value: number, layers: number | undefined): string | undefined {
  if (!Number.isInteger(value)) return `${value} is no whole number`;
  if (value < 0) return `${value} is negative`;
  if (layers === undefined) return 'the file has no block_count, as an integer, to compare it with';
  if (value > layers) return `${value} is more than the ${layers} layers of the model`;
  return value > MAX_UINT32 ? `${value} is more than a uint32 can hold` : undefined;
}
