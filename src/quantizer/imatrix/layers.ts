import { layerOf } from '../recipes/layer-of.js';
import type { EntryScan } from './scan-entries.js';

/** What an imatrix says of one layer. */
export interface LayerImportance {
  /** `undefined` gathers what belongs to no layer. */
  readonly layer: number | undefined;
  readonly entries: number;
  /** Sum of the energies of its tensors. */
  readonly energy: number;
}

/** The importance of each layer, in the order of the layers; what belongs to none comes last. */
export function importanceByLayer(scans: readonly Pick<EntryScan, 'name' | 'energy'>[]): readonly LayerImportance[] {
  const layers = new Map<number | undefined, LayerImportance>();
  for (const { name, energy } of scans) {
    const layer = layerOf(name);
    const { entries, energy: sum } = layers.get(layer) ?? { entries: 0, energy: 0 };
    layers.set(layer, { layer, entries: entries + 1, energy: sum + energy });
  }
  return [...layers.values()].sort(
    (a, b) => (a.layer ?? Number.POSITIVE_INFINITY) - (b.layer ?? Number.POSITIVE_INFINITY),
  );
}
