import type { ModelShape } from './model-shape.js';

/** Names of layers that depend on the model. */
export const LAYER_NAMES = ['first', 'last', 'kv-shared', 'predicting'] as const;

/**
 * Some of a model's layers. A number counts from 0, or from the end where it is negative. Fractions are of the depth, each
 * rounded to the nearest layer, both ends included. `start` and `share` are a run of layers from a number on: that share of
 * the depth, rounded down, but at least one.
 */
export type LayerPosition =
  | number
  | (typeof LAYER_NAMES)[number]
  | { readonly from: number; readonly to: number }
  | { readonly start: number; readonly share: number };

/** First and last layer, both included; none where the last comes before the first. */
type LayerRange = readonly [first: number, last: number];

/** Whether a layer is at one of the positions. `predicting` layers are at no other: they have no place in the depth. */
export function isAt(positions: readonly LayerPosition[], layer: number, shape: ModelShape): boolean {
  return positions.some((position) => {
    const [first, last] = rangeOf(position, shape);
    return layer >= first && layer <= last;
  });
}

function rangeOf(position: LayerPosition, { depth, layers, firstSharedLayer }: ModelShape): LayerRange {
  if (typeof position === 'number') return single(position < 0 ? depth + position : position, depth);
  switch (position) {
    case 'first':
      return single(0, depth);
    case 'last':
      return single(depth - 1, depth);
    case 'kv-shared':
      return [firstSharedLayer, depth - 1];
    case 'predicting':
      return [depth, layers - 1];
  }
  if ('from' in position)
    return [Math.round(position.from * depth), Math.min(Math.round(position.to * depth), depth - 1)];
  const count = Math.max(1, Math.floor(position.share * depth));
  return [position.start, Math.min(position.start + count, depth) - 1];
}

function single(layer: number, depth: number): LayerRange {
  return layer >= 0 && layer < depth ? [layer, layer] : NONE;
}

const NONE: LayerRange = [0, -1];
