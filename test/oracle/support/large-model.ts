import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { alignUp } from '../../../src/gguf/layout.js';
import { ByteWriter } from '../../support/byte-writer.js';
import { dataPath } from '../../support/data.js';
import { type GgufBuilder, gguf } from '../../support/gguf-builder.js';
import { headerOf } from './model-file.js';

const EMBEDDING = 2048;
const FEED_FORWARD = 8192;
const VOCABULARY = 512;
const LAYERS = 16;
const ALIGNMENT = 32;

/**
 * Writes a llama of a little more than 2 GiB that llama.cpp loads and runs, with the vocabulary of stories260K. Its
 * large matrices are zeros behind their first 64 KiB, so that the file takes few bytes on disk.
 */
export async function writeLargeModel(file: string, chatTemplate: string): Promise<void> {
  const header = await headerFor(chatTemplate);
  const descriptor = openSync(file, 'w');
  try {
    writeSync(descriptor, header, 0, header.byteLength, 0);
    for (const [index, { type, bytes, offset }] of TENSORS.entries()) {
      const start = type === 'F32' ? ones(bytes) : halves(Math.min(bytes, stampBytes(bytes)), index);
      writeSync(descriptor, start, 0, start.byteLength, header.byteLength + offset);
    }
    ftruncateSync(descriptor, header.byteLength + DATA_BYTES);
  } finally {
    closeSync(descriptor);
  }
}

interface Tensor {
  readonly name: string;
  readonly type: 'F32' | 'F16';
  readonly dims: readonly number[];
}

const BLOCK: readonly Tensor[] = [
  { name: 'attn_q', type: 'F16', dims: [EMBEDDING, EMBEDDING] },
  { name: 'attn_k', type: 'F16', dims: [EMBEDDING, EMBEDDING] },
  { name: 'attn_v', type: 'F16', dims: [EMBEDDING, EMBEDDING] },
  { name: 'attn_output', type: 'F16', dims: [EMBEDDING, EMBEDDING] },
  { name: 'attn_norm', type: 'F32', dims: [EMBEDDING] },
  { name: 'ffn_gate', type: 'F16', dims: [EMBEDDING, FEED_FORWARD] },
  { name: 'ffn_down', type: 'F16', dims: [FEED_FORWARD, EMBEDDING] },
  { name: 'ffn_up', type: 'F16', dims: [EMBEDDING, FEED_FORWARD] },
  { name: 'ffn_norm', type: 'F32', dims: [EMBEDDING] },
];

const TENSORS = placed([
  { name: 'token_embd', type: 'F16', dims: [EMBEDDING, VOCABULARY] },
  { name: 'output_norm', type: 'F32', dims: [EMBEDDING] },
  { name: 'output', type: 'F16', dims: [EMBEDDING, VOCABULARY] },
  ...Array.from({ length: LAYERS }, (_, layer) =>
    BLOCK.map((part) => ({ ...part, name: `blk.${layer}.${part.name}` })),
  ).flat(),
]);

const DATA_BYTES = TENSORS.reduce((end, { offset, bytes }) => Math.max(end, alignUp(offset + bytes, ALIGNMENT)), 0);

function placed(tensors: readonly Tensor[]) {
  let end = 0;
  return tensors.map((tensor) => {
    const bytes = tensor.dims.reduce((product, dim) => product * dim, tensor.type === 'F32' ? 4 : 2);
    const offset = end;
    end = alignUp(offset + bytes, ALIGNMENT);
    return { ...tensor, bytes, offset };
  });
}

/** The header; written with the tests' own builder, so that the encoder does not vouch for itself. */
async function headerFor(chatTemplate: string): Promise<Uint8Array> {
  const count = (key: string, value: number) => (file: GgufBuilder) => file.metadata(key, { type: 'uint32', value });
  const keys = [
    count('llama.context_length', 128),
    count('llama.embedding_length', EMBEDDING),
    count('llama.feed_forward_length', FEED_FORWARD),
    count('llama.block_count', LAYERS),
    count('llama.attention.head_count', 32),
    count('llama.rope.dimension_count', EMBEDDING / 32),
  ];
  const start = gguf()
    .metadata('general.architecture', { type: 'string', value: 'llama' })
    .metadata('general.name', { type: 'string', value: 'Large llama' })
    .metadata('llama.attention.layer_norm_rms_epsilon', { type: 'float32', value: 1e-5 });
  const { metadata } = await headerOf(dataPath('model', 'stories260K.gguf'));
  const tokenizer = metadata.filter(({ key }) => key.startsWith('tokenizer.'));
  const described = tokenizer.reduce(
    (file, { raw }) => file.rawEntry(raw),
    keys.reduce((file, add) => add(file), start),
  );
  const templated = described.metadata('tokenizer.chat_template', { type: 'string', value: chatTemplate });
  return TENSORS.reduce((file, tensor) => file.rawInfo(infoOf(tensor)), templated).headerBytes();
}

function infoOf({ name, type, dims, offset }: (typeof TENSORS)[number]): Uint8Array {
  const writer = new ByteWriter(true, 8);
  writer.text(`${name}.weight`);
  writer.number('uint32', dims.length);
  for (const dim of dims) writer.word(dim);
  writer.number('int32', type === 'F32' ? 0 : 1);
  writer.number('uint64', offset);
  return writer.whole();
}

/** The embeddings whole, of the large matrices the beginning: enough to tell any two tensors and places apart. */
function stampBytes(bytes: number): number {
  return bytes <= 4 * 2 ** 20 ? bytes : 64 * 2 ** 10;
}

function ones(bytes: number): Uint8Array {
  return new Uint8Array(new Float32Array(bytes / 4).fill(1).buffer);
}

/** Half floats from 0.004 to 0.008, in another order for each seed. */
function halves(bytes: number, seed: number): Uint8Array {
  const bits = Uint16Array.from({ length: bytes / 2 }, (_, i) => 0x1c00 + ((i * 37 + seed * 101 + (i >> 9)) & 0x3ff));
  return new Uint8Array(bits.buffer);
}
