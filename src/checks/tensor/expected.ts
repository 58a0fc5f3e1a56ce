import type { Header, TensorInfo } from '../../gguf/model.js';
import { architectureOf, kindOf, modelKey, numberOf } from '../facts/keys.js';
import { perHeader } from '../facts/per-header.js';
import { LAYOUTS, type Layout, type LayoutTensor } from './layouts.js';

/** llama.cpp aborts above this; such files are for other rules. */
const MAX_LAYERS = 512;

/** What is known of a model whose architecture we have a layout of. */
export interface Expectation {
  readonly architecture: string;
  readonly layout: Layout;
  readonly layers: number;
  /** The tensors of the file by name; the first of several. */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** Whether there is a tensor of any layer. */
  readonly hasLayers: boolean;
}

/** What the file should hold, or `undefined` where we are not sure. */
export const expectationOf = perHeader((header: Header): Expectation | undefined => {
  const architecture = architectureOf(header);
  if (architecture === undefined || kindOf(header) !== 'model' || !Object.hasOwn(LAYOUTS, architecture)) return;
  const layout = LAYOUTS[architecture];
  const layers = numberOf(header, `${architecture}.block_count`);
  if (layout === undefined || layers === undefined || !(layers >= 1 && layers <= MAX_LAYERS)) return;
  if (architecture !== 'gpt-oss' && hasExperts(header)) return;
  const tensors = new Map<string, TensorInfo>();
  for (const tensor of header.tensors) if (!tensors.has(tensor.name)) tensors.set(tensor.name, tensor);
  return { architecture, layout, layers: Math.floor(layers), tensors, hasLayers: hasLayers(layout, tensors) };
});

/** A tensor of a layout, in the whole model (-1) or a layer. */
export interface ExpectedTensor {
  readonly name: string;
  readonly layer: number;
  readonly expected: LayoutTensor;
}

/** Every tensor that may be in the file, layer after layer. */
export function* expectedTensors({ layout, layers }: Expectation): Generator<ExpectedTensor> {
  for (const expected of layout.model) yield { name: expected.name, layer: -1, expected };
  for (let layer = 0; layer < layers; layer += 1) {
    for (const expected of layout.layer) yield { name: `blk.${layer}.${expected.name}`, layer, expected };
  }
}

function hasLayers({ layer }: Layout, tensors: ReadonlyMap<string, TensorInfo>): boolean {
  const names = new Set(layer.map(({ name }) => name));
  return [...tensors.keys()].some((name) => names.has(name.replace(/^blk\.\d+\./, '')) && name.startsWith('blk.'));
}

/** Mixtures of experts have other feed-forward tensors. */
function hasExperts(header: Header): boolean {
  const key = modelKey(header, 'expert_count');
  return key !== undefined && (numberOf(header, key) ?? 0) > 0;
}
