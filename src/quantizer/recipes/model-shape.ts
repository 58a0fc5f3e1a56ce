import { integerOf, layerCount, valuesByLayer } from '../../checks/facts/hyperparameters.js';
import { architectureOf, modelKey, numberOf } from '../../checks/facts/keys.js';
import { perHeader } from '../../checks/facts/per-header.js';
import type { Header } from '../../gguf/model.js';
import { tensorRole } from './tensor-class.js';

/** What decides about types, besides the tensors' names. */
export interface ModelShape {
  readonly architecture: string | undefined;
  /** All layers of the file, `block_count`. */
  readonly layers: number;
  /** Layers that every token passes: all but those that predict further tokens (MTP, NextN), which stand at the end. */
  readonly depth: number;
  /** The first layer that uses keys and values of an earlier one; `depth` where none does. */
  readonly firstSharedLayer: number;
  /** Experts of a layer; 0 in dense models. */
  readonly experts: number;
  /** Whether the token embedding serves as output matrix too. */
  readonly isTied: boolean;
  /** Query heads for each head of keys and values in the first layer; 0 where there are none. */
  readonly headsPerKv: number;
}

/** The shape of a model from its header. What is missing or absurd counts as llama.cpp's default. */
export const modelShape = perHeader((header): ModelShape => {
  const layers = layerCount(header) ?? countLayers(header);
  const predicting = integerOf(header, 'nextn_predict_layers') ?? 0;
  const depth = predicting > 0 && predicting < layers ? layers - predicting : layers;
  return {
    architecture: architectureOf(header),
    layers,
    depth,
    firstSharedLayer: Math.max(0, Math.min(depth, firstSharedLayer(header, layers))),
    experts: Math.max(0, integerOf(header, 'expert_count') ?? 0),
    isTied: !header.tensors.some(({ name }) => name === 'output.weight'),
    headsPerKv: headsPerKv(header),
  };
});

/** Whether llama.cpp 0.7.0 takes it for a 70B, whose eight query heads share one attn_v: by architecture and layers. */
export function is70B({ architecture = '', layers, headsPerKv, experts }: ModelShape): boolean {
  const isLlama = architecture === 'llama' || architecture === 'llama-embed';
  if (isLlama && (headsPerKv === 1 || experts === 8)) return false;
  return LAYERS_OF_70B.get(architecture) === layers;
}

/** Found by a dry run of each architecture with 48 to 96 layers. */
const LAYERS_OF_70B: ReadonlyMap<string, number> = new Map([
  ['llama', 80],
  ['llama-embed', 80],
  ['deci', 80],
  ['qwen2', 80],
  ['olmo', 80],
  ['jais2', 68],
]);

/** For files without `block_count`. */
function countLayers({ tensors }: Header): number {
  return tensors.reduce((count, { name }) => Math.max(count, (tensorRole(name).layer ?? -1) + 1), 0);
}

/** llama.cpp has this number for Gemma 3n in its code, whatever the key says (0.7.0, src/models/gemma3n.cpp). */
const GEMMA3N_OWN_LAYERS = 20;

/** The layers from here on hold keys and values that llama.cpp never computes, so that no imatrix knows them. */
function firstSharedLayer(header: Header, layers: number): number {
  if (architectureOf(header) === 'gemma3n') return GEMMA3N_OWN_LAYERS;
  const key = modelKey(header, 'attention.shared_kv_layers');
  const shared = key === undefined ? undefined : numberOf(header, key);
  return shared !== undefined && Number.isInteger(shared) && shared > 0 ? layers - shared : layers;
}

function headsPerKv(header: Header): number {
  const [heads = 0] = valuesByLayer(header, 'attention.head_count');
  const [kvHeads = heads] = valuesByLayer(header, 'attention.head_count_kv');
  return kvHeads === 0 ? 0 : Math.floor(heads / kvHeads);
}
