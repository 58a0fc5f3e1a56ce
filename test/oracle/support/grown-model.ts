import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseHeader } from '../../../src/gguf/parse.js';
import { dataPath } from '../../support/data.js';
import { type BuilderValue, gguf } from '../../support/gguf-builder.js';
import { tempFile } from '../../support/temp.js';

const LAYERS = 2;

const u32 = (value: number): BuilderValue => ({ type: 'uint32', value });
const f32 = (value: number): BuilderValue => ({ type: 'float32', value });

/** Keys that llama.cpp takes for 0 where they are missing. */
const START: Readonly<Record<string, BuilderValue>> = {
  context_length: u32(64),
  embedding_length: u32(64),
  block_count: u32(LAYERS),
  feed_forward_length: u32(96),
  'attention.head_count': u32(4),
  'attention.head_count_kv': u32(2),
};

/** What is answered where llama.cpp asks for a key. */
const ANSWERS: Readonly<Record<string, BuilderValue>> = {
  'attention.layer_norm_rms_epsilon': f32(1e-5),
  'attention.layer_norm_epsilon': f32(1e-5),
  'attention.sliding_window': u32(16),
  'attention.sliding_window_pattern': { type: 'array', itemType: 'bool', items: [true, false] },
  'attention.key_length_swa': u32(16),
  'attention.value_length_swa': u32(16),
  'attention.relative_buckets_count': u32(8),
  'attention.kv_lora_rank': u32(16),
  'attention.q_lora_rank': u32(16),
  'attention.decay_lora_rank': u32(8),
  'attention.iclr_lora_rank': u32(8),
  'attention.value_residual_mix_lora_rank': u32(8),
  'rope.dimension_sections': { type: 'array', itemType: 'int32', items: [2, 3, 3, 0] },
  embedding_length_per_layer_input: u32(16),
  expert_shared_count: u32(1),
  expert_feed_forward_length: u32(32),
  leading_dense_block_count: u32(1),
  use_parallel_residual: { type: 'bool', value: true },
  logit_scale: f32(1),
  'ssm.conv_kernel': u32(4),
  'ssm.inner_size': u32(128),
  'ssm.state_size': u32(16),
  'ssm.time_step_rank': u32(4),
  'ssm.group_count': u32(2),
  'shortconv.l_cache': u32(3),
  'wkv.head_size': u32(16),
};

/**
 * The smallest model of an architecture that llama.cpp loads: grown from nothing by adding each key and tensor that it
 * says is missing, each tensor in the shape that it asks for. `keys` are the model's own, without the architecture.
 */
export function grownModel(architecture: string, keys: Readonly<Record<string, BuilderValue>> = {}): Uint8Array {
  const model = { architecture, keys: new Map(Object.entries({ ...START, ...keys })), tensors: new Map() };
  for (let steps = 0; steps < MAX_STEPS; steps += 1) {
    const bytes = bytesOf(model);
    const complaint = complaintOf(bytes);
    if (complaint === undefined) return bytes;
    grow(model, complaint);
  }
  throw new Error(`no ${architecture} after ${MAX_STEPS} steps`);
}

const MAX_STEPS = 1000;

interface Model {
  readonly architecture: string;
  readonly keys: Map<string, BuilderValue>;
  readonly tensors: Map<string, readonly number[]>;
}

function bytesOf({ architecture, keys, tensors }: Model): Uint8Array {
  let builder = gguf().metadata('general.architecture', { type: 'string', value: architecture });
  for (const [name, value] of keys) builder = builder.metadata(`${architecture}.${name}`, value);
  const { metadata } = parseHeader(readFileSync(dataPath('loader', 'ok.gguf')));
  for (const { key, raw } of metadata) if (key.startsWith('tokenizer.')) builder = builder.rawEntry(raw);
  builder = builder.metadata('tokenizer.ggml.token_type_count', u32(2));
  // Gemma's texts begin without a space, and the key's absence would say that they do.
  const isGemma = architecture.startsWith('gemma');
  if (isGemma) builder = builder.metadata('tokenizer.ggml.add_space_prefix', { type: 'bool', value: false });
  for (const [name, dims] of tensors) builder = builder.tensor(name, 'F32', dims);
  return builder.bytes();
}

/** What llama.cpp says against loading the file; whether it can compute with zeros is no matter of the file. */
function complaintOf(bytes: Uint8Array): string | undefined {
  const { status, stderr } = spawnSync('llama-simple', ['-m', tempFile(bytes), '-n', '1', '-ngl', '0', 'a'], {
    encoding: 'latin1',
    env: { ...process.env, GGML_NO_BACKTRACE: '1' },
  });
  const [, complaint] = /error loading model: (.*)/.exec(stderr) ?? [];
  if (complaint !== undefined) return complaint;
  return status === 0 || stderr.includes('model buffer size') ? undefined : `ended: ${stderr.slice(-300)}`;
}

function grow({ architecture, keys, tensors }: Model, complaint: string): void {
  const [, key] = /key not found in model: (\S+)/.exec(complaint) ?? [];
  const answer = ANSWERS[key?.slice(architecture.length + 1) ?? ''];
  const [, missing] = /tensor '([^']+)' not found/.exec(complaint) ?? [];
  const [, wrong, shape = ''] = /tensor '([^']+)' has wrong shape; expected ([^;]*), got/.exec(complaint) ?? [];
  if (key !== undefined && answer !== undefined) keys.set(key.slice(architecture.length + 1), answer);
  else if (missing !== undefined) tensors.set(missing, tensors.get(missing.replace(/\d+/, '0')) ?? [1]);
  else if (wrong !== undefined) tensors.set(wrong, shape.split(',').map(Number));
  else throw new Error(`${architecture}: llama.cpp says what the test does not understand: ${complaint}`);
}
