import { LAYOUTS } from '../../../src/checks/tensor/layouts.js';
import { type GgufBuilder, gguf } from '../../support/gguf-builder.js';

/** Sizes of the small models, all different. */
export const SIZES = { vocab: 20, embd: 64, ff: 96, heads: 4, kvHeads: 2, layers: 2, experts: 4, expertFf: 32 };

/** What a test wants otherwise than in a good model. */
export interface Oddities {
  /** Tensors to leave out. */
  readonly without?: (name: string) => boolean;
  /** Other dimensions of a tensor. */
  readonly dims?: Readonly<Record<string, readonly number[]>>;
  /** Model keys with another value, or none. */
  readonly keys?: Readonly<Record<string, number | undefined>>;
  /** The rest of the header that llama.cpp wants, tokens included, and the number of these. */
  readonly rest?: { readonly entries: readonly Uint8Array[]; readonly vocab: number };
  /** Tensors besides. */
  readonly more?: readonly string[];
}

/** A file with the keys and tensors of a whole small model of an architecture, all weights zero. */
export function modelFile(architecture: string, oddities: Oddities = {}): GgufBuilder {
  const { without = () => false, dims = {}, keys = {}, more = [], rest } = oddities;
  let builder = gguf().metadata('general.architecture', { type: 'string', value: architecture });
  for (const [name, value] of Object.entries({ ...keysOf(architecture), ...keys })) {
    if (value !== undefined) builder = builder.metadata(`${architecture}.${name}`, { type: 'uint32', value });
  }
  const items = Array.from({ length: SIZES.vocab }, (_, i) => `t${i}`);
  if (rest === undefined) {
    builder = builder.metadata('tokenizer.ggml.tokens', { type: 'array', itemType: 'string', items });
  }
  for (const entry of rest?.entries ?? []) builder = builder.rawEntry(entry);
  for (const [name, shape] of tensorsOf(architecture, rest?.vocab)) {
    if (!without(name)) builder = builder.tensor(name, 'F32', dims[name] ?? shape);
  }
  for (const name of more) builder = builder.tensor(name, 'F32', dims[name] ?? [32]);
  return builder;
}

/** Names of all tensors that the architecture must have. */
export function tensorNames(architecture: string): string[] {
  return tensorsOf(architecture).map(([name]) => name);
}

function keysOf(architecture: string): Record<string, number> {
  const { layers, embd, ff, heads, kvHeads, experts, expertFf } = SIZES;
  return {
    block_count: layers,
    embedding_length: embd,
    feed_forward_length: ff,
    'attention.head_count': heads,
    'attention.head_count_kv': kvHeads,
    ...(hasHeadLength(architecture) ? { 'attention.key_length': 32, 'attention.value_length': 32 } : {}),
    ...(architecture === 'gpt-oss' ? { expert_count: experts, expert_feed_forward_length: expertFf } : {}),
  };
}

/** In qwen2 and phi3 the heads together are as wide as the embedding. */
function hasHeadLength(architecture: string): boolean {
  return architecture !== 'qwen2' && architecture !== 'phi3';
}

/** Sizes that llama.cpp 0.7.0 accepted for these keys, written down apart from the rule's own arithmetic. */
function tensorsOf(architecture: string, vocab: number = SIZES.vocab): [string, number[]][] {
  const head = hasHeadLength(architecture) ? 32 : 16;
  const sizes: Record<string, number> = {
    embd: 64,
    vocab,
    ff: 96,
    'ff-twice': 192,
    q: 4 * head,
    k: 2 * head,
    v: 2 * head,
    heads: 4 * head,
    qkv: 64 + 4 * head,
    key: head,
    'head-count': 4,
    experts: 4,
    'expert-ff': 32,
    'per-layer': 256,
    'per-layer-all': 512,
    altup: 4,
    'altup-others': 3,
    'altup-square': 16,
    laurel: 64,
  };
  const { model, layer } = LAYOUTS[architecture]!;
  const shapeOf = (dims: readonly string[] | undefined): number[] => (dims ?? []).map((dim) => sizes[dim]!);
  const required = <T extends { isOptional: boolean }>(tensors: readonly T[]): T[] =>
    tensors.filter(({ isOptional }) => !isOptional);
  return [
    ...required(model).map(({ name, dims }): [string, number[]] => [name, shapeOf(dims)]),
    ...[0, 1].flatMap((at) =>
      required(layer).map(({ name, dims }): [string, number[]] => [`blk.${at}.${name}`, shapeOf(dims)]),
    ),
  ];
}
