import { tensorRole } from '../../recipes/tensor-class.js';
import type { TensorGroup } from './groups.js';

/**
 * The sensitivity of each tensor from those of groups, given in the same order. Between the middles of neighbouring bands of
 * one part it goes over by equal factors from layer to layer; before the first and after the last it stays.
 */
export function spreadSensitivities(
  groups: readonly TensorGroup[],
  measured: readonly (number | undefined)[],
): ReadonlyMap<string, number> {
  const points = groups.flatMap((group, index) => {
    const value = measured[index];
    return value === undefined ? [] : [{ group, value, ...placeOf(group) }];
  });
  const result = new Map<string, number>();
  for (const { group, value, part } of points) {
    const same = points.filter((point) => point.part === part && point.middle !== undefined);
    for (const name of group.tensors) {
      const { layer } = tensorRole(name);
      result.set(name, layer === undefined ? value : between(same, layer));
    }
  }
  return result;
}

interface Point {
  readonly value: number;
  /** Middle of the band's layers; `undefined` outside of layers. */
  readonly middle: number | undefined;
}

function placeOf({ tensors, name }: TensorGroup): { readonly part: string; readonly middle: number | undefined } {
  const roles = tensors.map(tensorRole);
  const layers = roles.map(({ layer }) => layer).filter((layer) => layer !== undefined);
  const middle = layers.length === 0 ? undefined : layers.reduce((sum, layer) => sum + layer, 0) / layers.length;
  return { part: roles[0]?.part ?? name, middle };
}

function between(points: readonly Point[], layer: number): number {
  const sorted = [...points].sort((a, b) => (a.middle ?? 0) - (b.middle ?? 0));
  const after = sorted.findIndex(({ middle = 0 }) => middle >= layer);
  const [low, high] = after < 0 ? [sorted.at(-1), undefined] : [sorted[after - 1], sorted[after]];
  if (low === undefined || high === undefined) return (low ?? high)?.value ?? 0;
  const share = (layer - (low.middle ?? 0)) / ((high.middle ?? 0) - (low.middle ?? 0));
  return Math.max(low.value, LEAST) ** (1 - share) * Math.max(high.value, LEAST) ** share;
}

/** No factor leads away from 0. */
const LEAST = 1e-9;
