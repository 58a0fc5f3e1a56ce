import { expect, test } from 'vitest';
import { isAt, type LayerPosition } from '../../../src/quantizer/recipes/layer-position.js';
import type { ModelShape } from '../../../src/quantizer/recipes/model-shape.js';

function layersAt(positions: readonly LayerPosition[], shape: Partial<ModelShape>): number[] {
  const { layers = 30, depth = layers, firstSharedLayer = depth } = shape;
  const whole: ModelShape = {
    architecture: 'llama',
    layers,
    depth,
    firstSharedLayer,
    experts: 0,
    isTied: true,
    headsPerKv: 1,
  };
  return Array.from({ length: layers }, (_, i) => i).filter((layer) => isAt(positions, layer, whole));
}

test.each<[LayerPosition[], number[]]>([
  [[0], [0]],
  [
    [-1, 3],
    [3, 29],
  ],
  [[-31, 30, 1000], []],
  [
    ['first', 'last'],
    [0, 29],
  ],
  [[{ from: 0.42, to: 0.6 }], [13, 14, 15, 16, 17, 18]],
  [[{ from: 0.9, to: 1 }], [27, 28, 29]],
  [[{ from: 0.6, to: 0.4 }], []],
  [[{ start: 2, share: 0.125 }], [2, 3, 4]],
  [[{ start: 29, share: 0.5 }], [29]],
  [[{ start: 30, share: 0.5 }], []],
  [['kv-shared', 'predicting'], []],
  [[], []],
])('%j of 30 layers', (positions, layers) => {
  expect(layersAt(positions, { layers: 30 })).toEqual(layers);
});

test('a share is one layer at least', () => {
  expect(layersAt([{ start: 0, share: 0 }], { layers: 3 })).toEqual([0]);
});

test('layers that share keys and values, and layers that predict', () => {
  const shape = { layers: 8, depth: 6, firstSharedLayer: 4 };
  expect(layersAt(['kv-shared'], shape)).toEqual([4, 5]);
  expect(layersAt(['predicting'], shape)).toEqual([6, 7]);
});

test('the depth ends before the layers that predict', () => {
  const shape = { layers: 8, depth: 6 };
  expect(layersAt(['last', -6, { from: 0.8, to: 1 }], shape)).toEqual([0, 5]);
});

test('a model of one layer has its first and its last in it', () => {
  expect(layersAt(['first'], { layers: 1 })).toEqual([0]);
  expect(layersAt(['last'], { layers: 1 })).toEqual([0]);
  expect(layersAt([{ from: 0.42, to: 0.6 }], { layers: 1 })).toEqual([0]);
});
