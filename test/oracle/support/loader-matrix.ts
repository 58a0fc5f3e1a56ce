import { readFileSync } from 'node:fs';
import { parseHeader } from '../../../src/gguf/parse.js';
import { arrayItems, scalarValue } from '../../../src/gguf/values.js';
import { dataPath } from '../../support/data.js';
import { type BuilderValue, gguf } from '../../support/gguf-builder.js';

/** One change of ok.gguf and what llama.cpp 0.7.0 said to it. */
export interface MatrixRow {
  readonly change: string;
  /** 0: loads, 1: refused, -6: aborts, `gen`: the file could not be made. */
  readonly exit: number | 'gen';
  readonly messages: readonly string[];
}

/** The rows of matrix.json. */
export function matrixRows(): MatrixRow[] {
  const rows: [string, number | 'gen', string[]][] = JSON.parse(
    readFileSync(dataPath('loader', 'matrix.json'), 'utf8'),
  );
  return rows.map(([change, exit, messages]) => ({ change, exit, messages }));
}

/** The bytes of ok.gguf with one change, or unchanged. Throws on a change that it does not know. */
export function changedFile(change?: string): Uint8Array {
  const model = readModel();
  if (change !== undefined) applyChange(model, change);
  let builder = gguf();
  for (const [key, value] of model.keys) builder = builder.metadata(key, value);
  for (const [name, dims] of model.tensors) builder = builder.tensor(name, 'F32', dims);
  return builder.bytes();
}

interface Model {
  readonly keys: Map<string, BuilderValue>;
  readonly tensors: Map<string, readonly number[]>;
}

function readModel(): Model {
  const header = parseHeader(readFileSync(dataPath('loader', 'ok.gguf')));
  return {
    keys: new Map(
      header.metadata.map((entry) => [
        entry.key,
        entry.type === 'array'
          ? { type: 'array', itemType: entry.itemType!, items: [...arrayItems(entry)] }
          : { type: entry.type, value: scalarValue(entry) },
      ]),
    ),
    tensors: new Map(header.tensors.map(({ name, dims }) => [name, dims.map(Number)])),
  };
}

function applyChange({ keys, tensors }: Model, change: string): void {
  const [, tensor] = /^tensor drop (\S+)$/.exec(change) ?? [];
  const [, key] = /^drop (\S+)$/.exec(change) ?? [];
  const named = CHANGES[change];
  if (tensor !== undefined && tensors.delete(tensor)) return;
  if (key !== undefined && keys.delete(key)) return;
  if (named === undefined) throw new Error(`matrix.json has a change that the test does not know: ${change}`);
  for (const [name, value] of Object.entries(named.keys ?? {})) keys.set(name, value);
  for (const [name, dims] of Object.entries(named.tensors ?? {})) tensors.set(name, dims);
}

const u32 = (value: number): BuilderValue => ({ type: 'uint32', value });
const text = (value: string): BuilderValue => ({ type: 'string', value });
const u32s = (...items: number[]): BuilderValue => ({ type: 'array', itemType: 'uint32', items });
const words = (...items: string[]): BuilderValue => ({ type: 'array', itemType: 'string', items });

interface Change {
  readonly keys?: Readonly<Record<string, BuilderValue>>;
  readonly tensors?: Readonly<Record<string, readonly number[]>>;
}

const HEADS = 'llama.attention.head_count';
const LAYERS = 'llama.block_count';
const MODEL = 'tokenizer.ggml.model';
const EXPERTS = 'llama.expert_count';
const USED = 'llama.expert_used_count';
const EXPECTED_TOKENS = 264;

const CHANGES: Readonly<Record<string, Change>> = {
  'extra tensor': { tensors: { 'blk.0.extra.weight': [32] } },
  'wrong shape attn_q': { tensors: { 'blk.0.attn_q.weight': [32, 16] } },
  'vocab!=embd rows': { tensors: { 'token_embd.weight': [32, 263] } },
  'type block_count u64': { keys: { [LAYERS]: { type: 'uint64', value: 1n } } },
  'type block_count i32': { keys: { [LAYERS]: { type: 'int32', value: 1 } } },
  'block_count 0': { keys: { [LAYERS]: u32(0) } },
  'block_count 513': { keys: { [LAYERS]: u32(513) } },
  'block_count 2^32-1': { keys: { [LAYERS]: u32(2 ** 32 - 1) } },
  'block_count 2 (1 present)': { keys: { [LAYERS]: u32(2) } },
  'head_count 0': { keys: { [HEADS]: u32(0) } },
  'head_count 3 (n_embd%3)': { keys: { [HEADS]: u32(3) } },
  'head_count_kv 0': { keys: { 'llama.attention.head_count_kv': u32(0) } },
  'head_count array ok': { keys: { [HEADS]: u32s(2) } },
  'head_count array wrong len': { keys: { [HEADS]: u32s(2, 2) } },
  'head_count f32': { keys: { [HEADS]: { type: 'float32', value: 2 } } },
  'eps f64': { keys: { 'llama.attention.layer_norm_rms_epsilon': { type: 'float64', value: 1e-5 } } },
  'rope dim 12': { keys: { 'llama.rope.dimension_count': u32(12) } },
  'context_length 0': { keys: { 'llama.context_length': u32(0) } },
  'context_length 2^32-1': { keys: { 'llama.context_length': u32(2 ** 32 - 1) } },
  'embedding_length 33': { keys: { 'llama.embedding_length': u32(33) } },
  'expert_count 8': { keys: { [EXPERTS]: u32(8) } },
  'expert_count 100000': { keys: { [EXPERTS]: u32(100_000) } },
  'expert_count 8 used 9': { keys: { [EXPERTS]: u32(8), [USED]: u32(9) } },
  'expert_used w/o count': { keys: { [USED]: u32(2) } },
  'vocab_size 10': { keys: { 'llama.vocab_size': u32(10) } },
  'tokenizer unknown': { keys: { [MODEL]: text('xyz') } },
  'gpt2 no merges': { keys: { [MODEL]: text('gpt2') } },
  'gpt2 merges unknown pre': {
    keys: { [MODEL]: text('gpt2'), 'tokenizer.ggml.merges': words('a b'), 'tokenizer.ggml.pre': text('nope') },
  },
  'gpt2 merges default pre': {
    keys: { [MODEL]: text('gpt2'), 'tokenizer.ggml.merges': words('a b'), 'tokenizer.ggml.pre': text('default') },
  },
  'token_type u32 array': {
    keys: { 'tokenizer.ggml.token_type': u32s(...Array.from({ length: EXPECTED_TOKENS }, () => 1)) },
  },
  'tokens not array': { keys: { 'tokenizer.ggml.tokens': text('abc') } },
  'add_bos u8': { keys: { 'tokenizer.ggml.add_bos_token': { type: 'uint8', value: 1 } } },
  'bos i32': { keys: { 'tokenizer.ggml.bos_token_id': { type: 'int32', value: 1 } } },
  'chat_template u32': { keys: { 'tokenizer.chat_template': u32(1) } },
  'file_type 999': { keys: { 'general.file_type': u32(999) } },
  'file_type str': { keys: { 'general.file_type': text('0') } },
  'pooling 99': { keys: { 'llama.pooling_type': u32(99) } },
  'rope.scaling.type bad': { keys: { 'llama.rope.scaling.type': text('bad') } },
  'rope sections bad len': {
    keys: { 'llama.rope.dimension_sections': { type: 'array', itemType: 'int32', items: [1, 1, 1] } },
  },
  no_vocab: { keys: { [MODEL]: text('no_vocab') } },
  'general.type adapter': { keys: { 'general.type': text('adapter') } },
  'quantization_version 9': { keys: { 'general.quantization_version': u32(9) } },
};
