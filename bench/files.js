import path from 'node:path';
import { weightTile } from './weights.js';
import { writeGguf } from './write-gguf.js';

/** The tensor of the requantize rows: Ollama's engine reads few types of it. */
export const EMBEDDING = 'per_layer_token_embd.weight';

const ROW_WEIGHTS = 4096;

/**
 * A file whose header is as long and as full as that of a Gemma 4 vocabulary, and without tensors.
 * @param {string} folder
 */
export function makeVocabulary(folder) {
  const file = path.join(folder, 'vocabulary.gguf');
  const tokens = strings(262_144, 9);
  const merges = strings(514_906, 10);
  const header = writeGguf(
    file,
    [
      ['general.architecture', string('gemma4')],
      ['tokenizer.ggml.model', string('gemma4')],
      ['tokenizer.ggml.tokens', { type: 'array', itemType: 'string', items: tokens }],
      ['tokenizer.ggml.scores', { type: 'array', itemType: 'float32', items: tokens.map((_, i) => -i) }],
      ['tokenizer.ggml.token_type', { type: 'array', itemType: 'int32', items: tokens.map(() => 1) }],
      ['tokenizer.ggml.merges', { type: 'array', itemType: 'string', items: merges }],
      ['tokenizer.ggml.bos_token_id', uint32(2)],
    ],
    [],
  );
  return { file, headerBytes: header.length };
}

/**
 * A file of 4 GB, nearly all of it a hole, with the documented defect: `shared_kv_layers` as FLOAT32.
 * @param {string} folder
 */
export function makeFloatKeyModel(folder) {
  const file = path.join(folder, 'float-key.gguf');
  const token = { name: 'token_embd.weight', type: 'F16', dims: [2048, 2 ** 20] };
  const header = writeGguf(file, gemma3nKeys({ type: 'float32', value: 10 }), [token, norm()]);
  return { file, header };
}

/**
 * A model that is little more than a per-layer token embedding of this type.
 * @param {string} folder
 * @param {import('./weights.js').SourceType} type
 * @param {number} weights
 */
export function makeEmbeddingModel(folder, type, weights) {
  const file = path.join(folder, `${type}.gguf`);
  const embedding = { name: EMBEDDING, type, dims: [ROW_WEIGHTS, weights / ROW_WEIGHTS], tile: weightTile(type) };
  writeGguf(file, gemma3nKeys(uint32(10)), [embedding, norm()]);
  return file;
}

/**
 * A llama of this many layers in BF16, 67 Mi weights each, and a small vocabulary.
 * @param {string} folder
 * @param {number} layers
 */
export function makeLlama(folder, layers) {
  const file = path.join(folder, 'llama-BF16.gguf');
  const tile = weightTile('BF16');
  const weight = (name, dims) => ({ name: `${name}.weight`, type: 'BF16', dims, tile });
  const block = (i) => [
    ...['q', 'k', 'v', 'output'].map((part) => weight(`blk.${i}.attn_${part}`, [WIDTH, WIDTH])),
    ...['gate', 'up'].map((part) => weight(`blk.${i}.ffn_${part}`, [WIDTH, 4 * WIDTH])),
    weight(`blk.${i}.ffn_down`, [4 * WIDTH, WIDTH]),
    ...['attn_norm', 'ffn_norm'].map((part) => ({ ...norm(), name: `blk.${i}.${part}.weight` })),
  ];
  const blocks = Array.from({ length: layers }, (_, i) => block(i)).flat();
  writeGguf(file, llamaKeys(layers), [weight('token_embd', [WIDTH, 4096]), ...blocks, norm()]);
  return file;
}

const WIDTH = 2048;

function llamaKeys(layers) {
  return [
    ['general.architecture', string('llama')],
    ['llama.context_length', uint32(4096)],
    ['llama.embedding_length', uint32(WIDTH)],
    ['llama.block_count', uint32(layers)],
    ['llama.feed_forward_length', uint32(4 * WIDTH)],
    ['llama.attention.head_count', uint32(16)],
    ['llama.attention.head_count_kv', uint32(16)],
    ['llama.attention.layer_norm_rms_epsilon', { type: 'float32', value: 1e-5 }],
    ['llama.vocab_size', uint32(4096)],
    ['general.quantization_version', uint32(2)],
  ];
}

function norm() {
  return { name: 'output_norm.weight', type: 'F32', dims: [2048] };
}

/** The keys without which llama-quantize does not take a file for a Gemma 3n. */
function gemma3nKeys(sharedKvLayers) {
  const layers = ROW_WEIGHTS / 256;
  return [
    ['general.architecture', string('gemma3n')],
    ['gemma3n.context_length', uint32(32_768)],
    ['gemma3n.embedding_length', uint32(2048)],
    ['gemma3n.block_count', uint32(layers)],
    ['gemma3n.feed_forward_length', uint32(8192)],
    ['gemma3n.attention.head_count', uint32(8)],
    ['gemma3n.attention.head_count_kv', uint32(2)],
    ['gemma3n.attention.key_length', uint32(256)],
    ['gemma3n.attention.value_length', uint32(256)],
    ['gemma3n.attention.layer_norm_rms_epsilon', { type: 'float32', value: 1e-6 }],
    ['gemma3n.attention.sliding_window', uint32(512)],
    ['gemma3n.attention.shared_kv_layers', sharedKvLayers],
    ['gemma3n.rope.freq_base', { type: 'float32', value: 1e6 }],
    ['gemma3n.embedding_length_per_layer_input', uint32(256)],
    ['gemma3n.altup.active_idx', uint32(0)],
    ['gemma3n.altup.num_inputs', uint32(4)],
    ['gemma3n.vocab_size', uint32(262_144)],
    ['general.quantization_version', uint32(2)],
  ];
}

/** Different strings of some `length` characters, a tenth of them beyond ASCII, as vocabularies have them. */
function strings(count, length) {
  return Array.from({ length: count }, (_, i) => {
    const name = i.toString(36);
    return `${i % 10 === 0 ? '\u2581' : ''}${name}${'e'.repeat(Math.max(0, length + (i % 5) - 2 - name.length))}`;
  });
}

const string = (value) => ({ type: 'string', value });
const uint32 = (value) => ({ type: 'uint32', value });
