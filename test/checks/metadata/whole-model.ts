import { expect } from 'vitest';
import type { Finding, Rule } from '../../../src/checks/check.js';
import { parseHeader } from '../../../src/gguf/parse.js';
import type { TensorTypeName } from '../../../src/gguf/tensor-types.js';
import { type BuilderValue, gguf } from '../../support/gguf-builder.js';
import { changedNames, findingsOf, fixedHeader } from '../rule-test.js';

/** What a sound model of one layer is to differ in. A key that is `undefined` is left out; `*.` is the architecture. */
export interface Difference {
  readonly architecture?: string;
  readonly keys?: Readonly<Record<string, BuilderValue | undefined>>;
  readonly type?: TensorTypeName;
}

export const u32 = (value: number): BuilderValue => ({ type: 'uint32', value });
export const f32 = (value: number): BuilderValue => ({ type: 'float32', value });
export const text = (value: string): BuilderValue => ({ type: 'string', value });
export const u32s = (...items: number[]): BuilderValue => ({ type: 'array', itemType: 'uint32', items });

/** The bytes of a model of one layer, 64 wide, with all keys that a llama needs. */
export function wholeModel({ architecture = 'llama', keys = {}, type = 'F32' }: Difference = {}): Uint8Array {
  const all: Record<string, BuilderValue | undefined> = {
    'general.architecture': text(architecture),
    'general.name': text('Tiny'),
    'general.size_label': text('1M'),
    '*.block_count': u32(1),
    '*.context_length': u32(128),
    '*.embedding_length': u32(64),
    '*.feed_forward_length': u32(96),
    '*.attention.head_count': u32(4),
    '*.attention.layer_norm_rms_epsilon': f32(1e-5),
    ...keys,
  };
  let builder = gguf();
  for (const [key, value] of Object.entries(all)) {
    if (value !== undefined) builder = builder.metadata(key.replace('*', architecture), value);
  }
  return builder
    .tensor('token_embd.weight', type, [64, 8])
    .tensor('blk.0.attn_norm.weight', 'F32', [64])
    .tensor('blk.0.ffn_gate.weight', type, [64, 96])
    .bytes();
}

/** What the rule finds in such a model. */
export function findingsIn(rule: Rule, difference?: Difference): Finding[] {
  return findingsOf(rule, wholeModel(difference));
}

/** Expects that the fix of the only finding changes these keys, nothing else, and leaves no finding. */
export function expectFixed(rule: Rule, difference: Difference, safety: string, keys: readonly string[]): void {
  const bytes = wholeModel(difference);
  const [finding] = findingsOf(rule, bytes);
  expect(finding?.fix).toMatchObject({ safety, title: expect.stringMatching(/^[A-Z]/) });
  const before = parseHeader(bytes);
  const after = fixedHeader(before, finding!);
  expect(findingsOf(rule, Buffer.from(after.bytes))).toEqual([]);
  expect(changedNames(before, after)).toEqual({ keys, tensors: [] });
}
