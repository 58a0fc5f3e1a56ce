import type { ModelShape } from '../../recipes/model-shape.js';
import { type TensorClass, tensorRole } from '../../recipes/tensor-class.js';
import { isUnusedKv } from '../../recipes/unused-kv.js';

/**
 * What is expected of a tensor before anything is measured: the divergence, in nats, for each unit of relative squared error.
 * An error in the scores diverges by half their variance, `SCORES`; what the layers add up to is shared out among their two
 * blocks each. docs/dynamic.md has the reasons for the numbers. `factors` multiply the classes.
 */
export function priorSensitivity(name: string, shape: ModelShape, factors: ClassFactors = {}): number {
  const role = tensorRole(name);
  const { class: kind, layer } = role;
  const factor = SCORES * (factors[kind] ?? 1);
  if (layer === undefined) return factor * (kind === 'token_embd' && shape.isTied ? 1 : (GLOBAL[kind] ?? OTHER_GLOBAL));
  if (isUnusedKv(role, shape)) return 0;
  const share = LAYERED[kind] / (2 * Math.max(shape.depth, 1));
  return factor * share * (layer < shape.depth ? ramp(layer, shape.depth) : PREDICTING);
}

/** Multiplies what is expected of whole classes. */
export type ClassFactors = { readonly [C in TensorClass]?: number };

/** Half the variance of the scores over the vocabulary: 1.6 and 4.1 in the models that it was measured in. */
const SCORES = 2;

/** Tensors outside of layers, against `SCORES`. A row that is looked up is one of many things that the stream is made of. */
const GLOBAL: ClassFactors = { output: 1, token_embd: 0.1, per_layer_token_embd: 0.1 };
const OTHER_GLOBAL = 0.1;

/** Tensors of a layer, against their block's share. Queries and keys pass through a softmax, which forgives. */
const LAYERED: Readonly<Record<TensorClass, number>> = {
  ...{ attn_q: 0.25, attn_k: 0.6, attn_v: 0.8, attn_qkv: 0.6, attn_output: 0.4, attn_gate: 0.4 },
  ...{ ffn_gate: 1, ffn_up: 0.8, ffn_down: 0.8 },
  ...{ ffn_gate_exps: 1, ffn_up_exps: 0.8, ffn_down_exps: 0.8 },
  ...{ ffn_gate_shexp: 1, ffn_up_shexp: 0.8, ffn_down_shexp: 0.8 },
  ...{ ssm: 0.8, inp_gate: 0.5, proj: 0.3, other: 0.8 },
  // Classes of tensors that stand outside of layers.
  ...{ token_embd: 1, per_layer_token_embd: 1, output: 1 },
};

/** Layers for multi-token prediction only make guesses that the others check. */
const PREDICTING = 0.25;

/** Late layers write more into the stream, and less comes after them that could make up for it. 1 on average. */
function ramp(layer: number, depth: number): number {
  return depth < 2 ? 1 : 0.6 + (0.8 * layer) / (depth - 1);
}
