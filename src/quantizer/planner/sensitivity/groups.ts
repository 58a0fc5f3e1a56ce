import type { ModelShape } from '../../recipes/model-shape.js';
import { tensorRole } from '../../recipes/tensor-class.js';

/** Tensors whose sensitivity is measured at once. */
export interface TensorGroup {
  /** `ffn_down 0-4`, or the name of a tensor that stands outside of layers. */
  readonly name: string;
  readonly tensors: readonly string[];
}

/**
 * Groups the tensors by part and by bands of neighbouring layers: sensitivity changes slowly with depth, and each group costs
 * a pass through the model. At most `bands` bands, as equal as can be.
 */
export function sensitivityGroups(names: readonly string[], { depth }: ModelShape, bands: number): TensorGroup[] {
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const { layer, part } = tensorRole(name);
    const key = layer === undefined ? name : `${part} ${bandName(layer, depth, bands)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [name]);
    else group.push(name);
  }
  return [...groups].map(([name, tensors]) => ({ name, tensors }));
}

/** Layers past the depth (multi-token prediction) are a band of their own. */
function bandName(layer: number, depth: number, bands: number): string {
  if (layer >= depth) return `${depth}-`;
  const count = Math.min(bands, depth);
  const band = Math.floor((layer * count) / depth);
  return `${Math.ceil((band * depth) / count)}-${Math.ceil(((band + 1) * depth) / count) - 1}`;
}
